// The desk: an operator imports a list, looks at it, applies it, follows it, and takes it back.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { freshCode } from "./support/codes.mjs";
import { startDemo } from "./support/demo.mjs";

describe("the desk", { concurrency: 3 }, () => {
  for (const [language, javaScript] of [["fr", true], ["en", true], ["fr", false]]) {
    describe(`a list (${language}, ${javaScript ? "with" : "without"} JavaScript)`, { concurrency: 1 }, () => {
      let demo, browser, person, leak;

      before(async () => {
        [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
        person = await browser.person({ language, javaScript });
      });
      after(async () => {
        await browser?.close();
        await demo?.stop();
      });

      const look = (name) => (javaScript ? person.inspect(name) : person.check());
      const badge = () => person.page.locator("h1 .badge").innerText();

      test("is closed to strangers and to patients", async () => {
        await person.open(`${demo.portal}/desk/leaks`);
        assert.equal(person.path(), "/desk/login");
        await look("desk sign-in");
        const patient = demo.account("active");
        await person.signIn(patient, await freshCode(patient.totp_secret));
        assert.equal(await person.page.locator("#error").count(), 1, "a patient is no operator");
      });

      test("is imported from the server's folder: a dry run first", async () => {
        const { name, password, totp_secret } = demo.operator;
        await person.open(`${demo.portal}/desk/login`);
        await person.signIn({ identifier: name, password }, await freshCode(totp_secret));
        assert.equal(person.path(), "/desk");
        await look("desk");
        await person.open(`${demo.portal}/desk/leaks`);
        await look("leaks");
        await person.open(`${demo.portal}/desk/leaks/new`);
        await look("a new list");
        await person.fill({ source: "forum, 23 novembre", aware_at: "2999-01-01T00:00" });
        await person.page.selectOption("[name=file]", { index: 1 });
        assert.equal((await person.submit()).status(), 422, "nobody learns of it in the future");
        await look("a new list, refused");
        await person.fill({ aware_at: "" });
        await person.page.selectOption("[name=file]", { index: 1 });
        await person.submit();
        leak = person.page.url();
        assert.match(person.path(), /^\/desk\/leaks\/\d+$/);
        // Loading and comparing go on behind the page.
        while ((await person.page.locator("form[action$='/apply']").count()) === 0) await person.open(leak);
        await look("a dry run");
      });

      test("takes effect, is followed live as long as one likes, and has a report", async () => {
        await person.press(person.page.locator("form[action$='/apply'] button"));
        const applied = await badge();
        await look("an applied list");
        await person.open(`${leak}?live=1`);
        await look("followed live");
        await person.press(person.page.locator(`a[href='${new URL(leak).pathname}']`));
        await person.press(person.page.locator("a[href$='/report']"));
        assert.match(await person.page.innerText("main"), /72/);
        assert.equal(await person.page.locator("svg[role=img]").count(), 1);
        await look("the report");
        const patient = demo.account("leaked");
        const held = await browser.person({ language, javaScript });
        await held.open(`${demo.portal}/login`);
        await held.signIn(patient, await freshCode(patient.totp_secret));
        assert.equal(await held.page.locator("#held").count(), 1);
        await held.leave();
        assert.notEqual(applied, "");
      });

      test("is an alert that somebody takes and closes", async () => {
        await person.open(`${demo.portal}/desk`);
        await look("the desk with an alert");
        await person.press(person.page.locator("a[href='/desk/alerts']"));
        await look("the alerts");
        await person.press(person.page.locator("main a[href^='/desk/alerts/']").first());
        const open = await badge();
        await look("an alert");
        await person.press(person.page.locator("form[action$='/take'] button"));
        const taken = await badge();
        assert.notEqual(taken, open);
        await look("an alert that somebody has");
        await person.page.fill("[name=note]", "Wanted: we applied it");
        await person.press(person.page.locator("form[action$='/close'] button"));
        assert.notEqual(await badge(), taken);
        assert.equal(await person.page.locator("main form[action*='/desk/alerts']").count(), 0, "nothing is left to do");
        await look("a closed alert");
      });

      test("is undone with a code", async () => {
        await person.open(leak);
        const before = await badge();
        await person.page.locator("details", { has: person.page.locator("form[action$='/undo']") }).locator("summary").click();
        await person.page.fill("form[action$='/undo'] [name=code]", await freshCode(demo.operator.totp_secret));
        await person.press(person.page.locator("form[action$='/undo'] button"));
        assert.notEqual(await badge(), before);
        await look("an undone list");
        await person.leave();
      });
    });
  }
});
