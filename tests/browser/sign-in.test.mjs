// Signing in, one circumstance at a time, in both languages.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { freshCode, wrongCode } from "./support/codes.mjs";
import { startDemo } from "./support/demo.mjs";
import { WORDS } from "./support/words.mjs";

for (const language of ["fr", "en"]) {
  describe(`signing in (${language})`, () => {
    const words = WORDS[language];
    const [odette, yann, sarah] = [0, 1, 2];
    let demo, browser;

    before(async () => {
      [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
    });
    after(async () => {
      await browser?.close();
      await demo?.stop();
    });

    async function asSomebody(settings, work) {
      const person = await browser.person({ language, ...settings });
      try {
        await work(person, person.page);
      } finally {
        await person.leave();
      }
    }

    test("a wrong code, a wrong password and an unknown identifier get one and the same refusal", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("active", odette);
        const tries = [
          { ...patient, code: await wrongCode(patient.totp_secret) },
          { ...patient, password: "un autre mot de passe", code: await freshCode(patient.totp_secret) },
          { ...patient, identifier: "P-999999", code: "123456" },
        ];
        const refusals = new Set();
        for (const account of tries) {
          await person.open(`${demo.portal}/login`);
          const answer = await person.signIn(account, account.code);
          assert.equal(answer.status(), 401);
          assert.equal(await page.locator("#error").count(), 1);
          assert.equal(await page.inputValue("[name=identifier]"), account.identifier);
          refusals.add(await page.innerText("main"));
        }
        assert.equal(refusals.size, 1);
        assert.ok([...refusals][0].includes(words.refused));
      }));

    test("a refusal is where the reader is, and tied to the fields", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("leaked");
        await person.open(`${demo.portal}/login`);
        await person.signIn(patient, await wrongCode(patient.totp_secret));
        assert.equal(await page.evaluate(() => document.activeElement.id), "error");
        for (const name of ["identifier", "password", "code"]) {
          assert.match(await page.locator(`[name=${name}]`).getAttribute("aria-describedby"), /\berror\b/, name);
        }
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement.name), "identifier");
      }));

    test("a password can be shown and pasted, and is sent as a password", () =>
      asSomebody({}, async (person, page) => {
        await person.open(`${demo.portal}/login`);
        const field = page.locator("[name=password]");
        const button = page.locator("button.show-password");
        assert.equal(await field.getAttribute("autocomplete"), "current-password");
        assert.equal(await page.locator("[name=code]").getAttribute("autocomplete"), "one-time-code");
        assert.equal(await page.locator("[name=identifier]").getAttribute("autocomplete"), "username");
        await button.click();
        assert.equal(await field.getAttribute("type"), "text");
        assert.equal(await button.getAttribute("aria-pressed"), "true");
        await button.click();
        assert.equal(await field.getAttribute("type"), "password");
        for (const name of ["identifier", "password", "code"]) {
          await page.fill(`[name=${name}]`, "mouette 12");
          await page.focus(`[name=${name}]`);
          await page.keyboard.press("Control+A");
          await page.evaluate(() => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "x");
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            if (!document.activeElement.dispatchEvent(event)) throw new Error("paste is prevented");
          });
        }
      }));

    test("the keyboard alone is enough, and shows where it is", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("active", yann);
        const focused = () =>
          page.evaluate(() => {
            const element = document.activeElement;
            const style = getComputedStyle(element);
            const box = element.getBoundingClientRect();
            return {
              name: element.name || element.className || element.getAttribute("href") || element.tagName,
              outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
              inside: box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth,
            };
          });
        const stops = [];
        const next = async () => {
          await page.keyboard.press("Tab");
          const stop = await focused();
          assert.ok(stop.outline, `the focus is seen on ${stop.name}`);
          assert.ok(stop.inside, `${stop.name} is on the screen`);
          stops.push(stop.name);
          return stop.name;
        };
        const until = async (name) => {
          for (let tabs = 0; tabs < 20; tabs += 1) if ((await next()) === name) return;
          assert.fail(`${name} is not reached: ${stops}`);
        };

        const result = `${demo.site}/dossiers/${patient.records[0]}/lipides`;
        await person.open(result);
        assert.equal(await next(), "skip", "the first stop is the way past the header");
        await page.keyboard.press("Enter");
        assert.equal(await page.evaluate(() => document.activeElement.id), "content");
        await until("identifier");
        await page.keyboard.type(patient.identifier);
        assert.equal(await next(), "password");
        await page.keyboard.type(patient.password);
        assert.equal(await next(), "show-password");
        assert.equal(await next(), "code");
        await page.keyboard.type(await freshCode(patient.totp_secret));
        await Promise.all([page.waitForURL(result), page.keyboard.press("Enter")]);

        await person.open(`${demo.portal}/account`);
        await until("quiet");
        await Promise.all([page.waitForURL(`${demo.portal}/logout`), page.keyboard.press("Enter")]);
        assert.equal(await person.title(), words.signedOut);
      }));

    test("the language link keeps the page and the destination, and is remembered", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("active", sarah);
        const other = language === "fr" ? "en" : "fr";
        const result = `${demo.site}/dossiers/${patient.records[0]}/sommaire`;
        await person.open(result);
        await person.check();
        const link = () => page.locator("header nav a");
        assert.equal(await link().innerText(), words.other);
        assert.equal(await link().getAttribute("lang"), other);
        await person.press(link());
        person.language = other;
        await person.check();
        assert.equal(await person.title(), WORDS[other].signIn);

        await person.signIn(patient, await wrongCode(patient.totp_secret));
        await person.check();
        assert.ok((await page.innerText("#error")).includes(WORDS[other].refused));
        await person.press(link());
        person.language = language;
        await person.check();
        await person.press(link());
        person.language = other;

        await person.signIn(patient, await freshCode(patient.totp_secret));
        assert.equal(page.url(), result, "switching twice, once after a refusal, lost nothing");
        await person.open(`${demo.site}/dossiers/${demo.account("active", odette).records[0]}/sommaire`);
        assert.equal(await person.title(), WORDS[other].notYours, "the choice holds on the site");
        await person.check();
        await person.open(`${demo.portal}/account`);
        await person.check();
        await person.signOut();
        await person.open(`${demo.portal}/activate`);
        await person.check();
      }));

    test("staying signed in takes one action", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("active", odette);
        await person.open(`${demo.portal}/login`);
        await person.signIn(patient, await freshCode(patient.totp_secret));
        assert.equal(person.path(), "/account");
        assert.ok(!(await page.locator(".soon").isVisible()), "no reminder yet");
        assert.equal((await person.press(page.locator("main form.card button"))).status(), 200);
        assert.match(await page.innerText("[role=status].notice"), words.stayed);
        await person.inspect("account, stayed");

        // The reminder comes up by a delay of the stylesheet: the delay is waited for in the browser's own time.
        await person.open(`${demo.portal}/account`);
        await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
        assert.ok(await page.locator(".soon").isVisible());
        await person.inspect("account, reminder");
        await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
        assert.equal((await person.press(page.locator(".soon button"))).status(), 200);
        assert.match(await page.innerText("[role=status].notice"), words.stayed);
        await person.signOut();
      }));

    test("a guardian reads the child's record, and nobody else's", () =>
      asSomebody({}, async (person, page) => {
        const guardian = demo.account("guardian");
        const [own, child] = guardian.records;
        await person.open(`${demo.site}/dossiers/${child}/sommaire`);
        await person.signIn(guardian, await freshCode(guardian.totp_secret));
        assert.ok((await page.innerText("#patient")).includes(child));
        assert.equal((await person.open(`${demo.site}/dossiers/${own}/sommaire`)).status(), 200);
        const strangers = demo.account("active", odette).records[0];
        assert.equal((await person.open(`${demo.site}/dossiers/${strangers}/sommaire`)).status(), 403);
      }));

    test("a recovery code takes the place of the application, once", () =>
      asSomebody({}, async (person, page) => {
        const [sheet] = demo.lab_codes;
        const identifier = demo.accounts.find(({ records }) => records.includes(sheet.record)).identifier;
        const password = "quatre phares sous la pluie";
        await person.open(`${demo.portal}/activate`);
        await person.fill({ lab_code: sheet.code.toLowerCase().replaceAll("-", " "), birth_date: sheet.birth_date });
        await person.submit();
        await person.fill({ new_password: password });
        await person.submit();
        const secret = (await page.innerText("#totp-secret")).trim();
        await person.fill({ code: await freshCode(secret) });
        await person.submit();
        assert.equal(await page.locator("header a, header form").count(), 0, "nothing leads away from the codes");
        const [first, second] = await page.locator("#recovery-codes li").allInnerTexts();
        await person.press(page.locator("main button.main"));

        await asSomebody({}, async (elsewhere) => {
          await elsewhere.open(`${demo.portal}/login`);
          await elsewhere.signIn({ identifier, password }, second.trim());
          const places = elsewhere.page.locator("section[aria-labelledby='places-title']");
          assert.equal(await places.locator("li").count(), 2);
          await elsewhere.inspect("account, two places");
          await elsewhere.press(places.locator("li button"));
          assert.equal(await places.locator("li").count(), 1);
          assert.equal((await person.open(`${demo.portal}/account`)).status(), 401, "ended from elsewhere");
          await elsewhere.press(elsewhere.page.locator("form[action='/account/sessions/end-all'] button"));
          assert.equal(await elsewhere.title(), words.signedOut);
        });

        await person.open(`${demo.portal}/login`);
        await person.signIn({ identifier: identifier.toLowerCase(), password }, first.trim());
        assert.equal(person.path(), "/account");
        assert.ok((await page.innerText("main")).includes(words.codesLeft(8)));
        await person.signOut();
        await person.open(`${demo.portal}/login`);
        assert.equal((await person.signIn({ identifier, password }, first.trim())).status(), 401, "a second time");
        await person.open(`${demo.portal}/login`);
        await person.signIn({ identifier, password }, await freshCode(secret));
        assert.equal(person.path(), "/account", "the application works as before");
      }));
  });
}
