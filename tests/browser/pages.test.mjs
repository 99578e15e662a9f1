// Pages that stand beside the way: help, and what is said when something is wrong.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/demo.mjs";
import { WORDS } from "./support/words.mjs";

describe("pages for everybody", () => {
  let demo, browser;

  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  for (const language of ["fr", "en"]) {
    const words = WORDS[language];
    const PAGES = [
      { name: "help to get back in", path: "/recover", status: 200 },
      { name: "sign-in", path: "/login", status: 200, title: words.signIn },
      { name: "signed out", path: "/logout", status: 200, title: words.signedOut },
      { name: "no such page", path: "/nowhere", status: 404, title: words.notFound, isError: true },
      { name: "a broken form", path: "/login?site=a&site=b", status: 400, title: words.badLink, isError: true },
      { name: "a broken address at the site", site: true, path: "/dossiers/102477%252fx", status: 400, title: words.badLink, isError: true },
      { name: "no such page at the site", site: true, path: "/.vestibule/none", status: 404, title: words.notFound, isError: true },
      { name: "a ticket used before", site: true, path: "/.vestibule/enter?ticket=x&to=%2F", status: 400, isError: true },
    ];
    for (const { name, path, site, status, title, isError } of PAGES) {
      test(`${name} (${language})`, async () => {
        const person = await browser.person({ language });
        const answer = await person.open((site ? demo.site : demo.portal) + path);
        assert.equal(answer.status(), status);
        if (title) assert.equal(await person.title(), title);
        assert.equal(await person.page.locator("#error").count(), isError ? 1 : 0);
        const policy = answer.headers()["content-security-policy"];
        assert.match(policy, /default-src 'none'/);
        assert.doesNotMatch(policy, /unsafe-/);
        await person.inspect(name);
        await person.leave();
      });
    }
  }
});
