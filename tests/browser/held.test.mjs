// A leaked password is right, and yet opens nothing until it is replaced.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { freshCode } from "./support/codes.mjs";
import { startDemo } from "./support/demo.mjs";
import { WORDS } from "./support/words.mjs";

describe("a leaked password", { concurrency: 3 }, () => {
  for (const [language, javaScript] of [["fr", true], ["en", true], ["fr", false]]) {
    describe(`a leaked account (${language}, ${javaScript ? "with" : "without"} JavaScript)`, { concurrency: 1 }, () => {
      const words = WORDS[language];
      const password = "cinq voiliers rentrent au port";
      let demo, browser, patient, result;

      before(async () => {
        [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
        patient = demo.account("leaked");
        result = `${demo.site}/dossiers/${patient.records[0]}/sommaire`;
      });
      after(async () => {
        await browser?.close();
        await demo?.stop();
      });

      test("is held, and stays held when the person walks away", async () => {
        const person = await browser.person({ language, javaScript });
        await person.open(result);
        const answer = await person.signIn(patient, await freshCode(patient.totp_secret));
        assert.equal(await person.title(), words.held, `${answer.status()} ${await person.page.innerText("main")}`);
        assert.equal(await person.page.locator("#held").count(), 1);
        await (javaScript ? person.inspect("held") : person.check());
        for (const url of [`${demo.portal}/account`, result]) {
          await person.open(url);
          assert.equal(person.path(), "/password", `${url} stays closed, and the way on is shown`);
        }
        await person.leave();
      });

      test("goes on to the result once the password is new", async () => {
        const person = await browser.person({ language, javaScript });
        const { page } = person;
        await person.open(result);
        await person.signIn(patient, await freshCode(patient.totp_secret));
        assert.equal(await page.locator("#held").count(), 1, "still held");

        await person.fill({ new_password: patient.password });
        assert.equal((await person.submit()).status(), 422, "the leaked password again");
        assert.equal(await page.locator("#error").count(), 1);
        assert.equal(await page.locator("[name=new_password]").getAttribute("aria-invalid"), "true");
        await (javaScript ? person.inspect("held, refused") : person.check());

        await person.fill({ new_password: password });
        await person.submit();
        assert.equal(page.url(), result);
        assert.ok((await page.innerText("#patient")).includes(patient.records[0]));
        await person.open(`${demo.portal}/account`);
        await person.signOut();

        await person.open(`${demo.portal}/login`);
        const refused = await person.signIn(patient, await freshCode(patient.totp_secret));
        assert.equal(refused.status(), 401, "the old password is dead");
        await person.fill({ password, code: await freshCode(patient.totp_secret) });
        await person.submit();
        assert.equal(person.path(), "/account", "the new one is not held");
        await person.leave();
      });
    });
  }
});
