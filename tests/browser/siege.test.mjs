// A lab is under a guessing attack: what the form asks of a person on an unknown browser, and what the desk sees.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DESKTOP, startBrowser } from "./support/browser.mjs";
import { codesInARow, freshCode, wrongCode } from "./support/codes.mjs";
import { startDemo } from "./support/demo.mjs";

const AT_LEAST = 5;

describe("a siege", () => {
  let demo, browser;

  before(async () => {
    [demo, browser] = await Promise.all([
      startDemo({ VESTIBULE__SIEGE__AT_LEAST: String(AT_LEAST) }),
      startBrowser(),
    ]);
    const stranger = await browser.person({});
    for (let n = 0; n <= AT_LEAST; n += 1) {
      await stranger.open(`${demo.portal}/login`);
      await stranger.signIn({ identifier: `nobody-${n}`, password: "ce qui circule" }, "123456");
    }
    await stranger.leave();
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  for (const [language, index] of [["fr", 0], ["en", 1]]) {
    test(`asks an unknown browser for two codes, says why, and lets them in (${language})`, async () => {
      const account = demo.account("active", index) ?? demo.account("active");
      const person = await browser.person({ language, javaScript: language === "fr", screen: DESKTOP });
      await person.open(`${demo.portal}/login`);
      assert.equal(await person.page.locator("#error").count(), 0);
      await (person.javaScript ? person.inspect("two codes") : person.check());
      // One is not enough, and it is nobody's fault.
      const answer = await person.signIn(account, await wrongCode(account.totp_secret));
      assert.equal(answer.status(), 401);
      await (person.javaScript ? person.inspect("two codes wanted") : person.check());
      const [first, second] = await codesInARow(account.totp_secret);
      await person.fill({ next_code: second });
      await person.signIn(account, first);
      assert.equal(person.path(), "/account");
      await person.leave();
    });
  }

  test("is shown where people come back, and at the desk", async () => {
    const person = await browser.person({});
    await person.open(`${demo.portal}/recover`);
    assert.equal(await person.page.locator("[name=next_code]").count(), 1);
    await person.inspect("two codes, to get back in");
    const { name, password, totp_secret } = demo.operator;
    await person.open(`${demo.portal}/desk/login`);
    assert.equal(await person.page.locator("[name=next_code]").count(), 0, "the staff are not tried");
    await person.signIn({ identifier: name, password }, await freshCode(totp_secret));
    assert.equal(person.path(), "/desk");
    // Written down by the next turn of a job.
    while ((await person.page.locator("#siege-title").count()) === 0) await person.open(`${demo.portal}/desk`);
    await person.inspect("the desk in a siege");
    await person.leave();
  });
});
