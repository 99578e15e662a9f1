// The whole way of a patient: from the sheet of paper to the result, and out again.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { DESKTOP, PHONE, ZOOMED, startBrowser } from "./support/browser.mjs";
import { freshCode, wrongCode } from "./support/codes.mjs";
import { startDemo } from "./support/demo.mjs";
import { WORDS } from "./support/words.mjs";

const WAYS = [
  { name: "French, every page inspected", language: "fr", inspected: true },
  { name: "English, every page inspected", language: "en", inspected: true },
  { name: "French, without JavaScript", language: "fr", javaScript: false },
  { name: "English, without JavaScript", language: "en", javaScript: false },
  { name: "French, on a phone of 360 px", language: "fr", screen: PHONE },
  { name: "English, at 200 %", language: "en", screen: ZOOMED },
];

for (const way of WAYS) {
  describe(`a patient's way (${way.name})`, () => {
    const words = WORDS[way.language];
    let demo, browser, person;

    const look = (name) => (way.inspected ? person.inspect(name) : person.check());
    const error = () => person.page.locator("#error");

    before(async () => {
      [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
      person = await browser.person({ screen: DESKTOP, ...way });
    });
    after(async () => {
      try {
        await person?.leave();
      } finally {
        await browser?.close();
        await demo?.stop();
      }
    });

    test("opens the access with the laboratory's sheet", async () => {
      const { page } = person;
      const [sheet] = demo.lab_codes;
      const [year, month, day] = sheet.birth_date.split("-");

      await person.open(`${demo.site}/dossiers/${sheet.record}/sommaire`);
      assert.equal(new URL(page.url()).origin, demo.portal);
      assert.equal(person.path(), "/login");
      await look("sign-in");
      await person.press(page.locator("main a[href^='/activate']"));
      await look("activation");

      await person.fill({ lab_code: sheet.code, birth_date: "bientôt" });
      assert.equal((await person.submit()).status(), 422);
      await look("activation, birth date not understood");
      assert.equal(await page.locator("[name=birth_date]").getAttribute("aria-invalid"), "true");

      await person.fill({ lab_code: sheet.code, birth_date: `${day}/${month}/${Number(year) - 1}` });
      assert.equal((await person.submit()).status(), 401);
      assert.ok((await error().innerText()).includes(words.notTogether));
      assert.equal(await page.inputValue("[name=lab_code]"), sheet.code);
      await look("activation refused");

      await person.fill({ birth_date: `${day}/${month}/${year}` });
      assert.equal((await person.submit()).status(), 200);
      await look("first password");

      for (const [password, reason] of [
        ["soleil7", words.tooShort],
        ["password", words.guessable],
        [`${day}${month}${year}`, words.birthDate],
      ]) {
        await person.fill({ new_password: password });
        assert.equal((await person.submit()).status(), 422, password);
        assert.match(await error().innerText(), reason, password);
        const field = page.locator("[name=new_password]");
        assert.equal(await field.getAttribute("aria-invalid"), "true");
        assert.match(await field.getAttribute("aria-describedby"), /\berror\b/);
      }
      await look("first password refused");

      await person.fill({ new_password: "trois mouettes lisent 🐚 au phare" });
      assert.equal((await person.submit()).status(), 200);
      await look("code application");
      const secret = (await page.locator("#totp-secret").innerText()).trim();
      assert.match(secret, /^[A-Z2-7]{32,}$/);
      const box = await page.locator("svg.qr").boundingBox();
      assert.ok(box.width >= 200, "the image is large enough to scan");
      assert.ok((await page.locator("a[href^='otpauth://']").getAttribute("href")).includes(`secret=${secret}`));

      await person.fill({ code: await wrongCode(secret) });
      assert.equal((await person.submit()).status(), 422);
      assert.ok((await error().innerText()).includes(words.wrongCode));
      assert.equal((await page.locator("#totp-secret").innerText()).trim(), secret, "the same key still holds");
      await look("code application, wrong code");

      await person.fill({ code: await freshCode(secret) });
      assert.equal((await person.submit()).status(), 200);
      assert.equal(await person.title(), words.recoveryCodes);
      await look("recovery codes");
      const codes = await page.locator("#recovery-codes li").allInnerTexts();
      assert.equal(codes.length, 10);
      assert.equal(new Set(codes).size, 10);

      const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
      assert.match(download.suggestedFilename(), /\.txt$/);
      const file = await readFile(await download.path(), "utf8");
      for (const code of codes) assert.ok(file.includes(code.trim()), "every code is in the file");

      assert.equal((await person.press(page.locator("main button.main"))).status(), 200);
      assert.ok((await page.innerText("main")).includes(words.codesLeft(10)));
      await look("account");

      await person.press(page.locator(".sites a"));
      assert.equal(page.url(), `${demo.site}/`);
      assert.ok((await page.innerText("#dossiers")).includes(sheet.record));
      await person.open(`${demo.portal}/account`);
      assert.equal((await person.signOut()).status(), 200);
      assert.equal(await person.title(), words.signedOut);
      await look("signed out");
    });

    test("signs in on the way to a result, reads it, and leaves", async () => {
      const { page, context } = person;
      const [patient, stranger] = [demo.account("active", 0), demo.account("active", 1)];
      const record = patient.records[0];
      const result = `${demo.site}/dossiers/${record}/hematologie?page=2`;

      await person.open(result);
      assert.equal(person.path(), "/login");
      const refused = await person.signIn(patient, await wrongCode(patient.totp_secret));
      assert.equal(refused.status(), 401);
      assert.ok((await error().innerText()).includes(words.refused));
      assert.equal(await page.inputValue("[name=identifier]"), patient.identifier);
      assert.equal(await page.inputValue("[name=password]"), "");
      await look("sign-in refused");

      await person.signIn(patient, await freshCode(patient.totp_secret));
      assert.equal(page.url(), result, "on to the page that was asked for");

      await person.open(`${demo.site}/dossiers/${record}/sommaire`);
      assert.ok((await page.innerText("#patient")).includes(record));

      const denied = await person.open(`${demo.site}/dossiers/${stranger.records[0]}/sommaire`);
      assert.equal(denied.status(), 403);
      assert.equal(await person.title(), words.notYours);
      assert.ok(!(await page.content()).includes(stranger.records[0]), "the refusal repeats no record number");
      await look("another's record");

      const pdf = `${demo.site}/dossiers/${record}/compte-rendu.pdf`;
      const cookies = await context.cookies(pdf);
      const whole = await demo.ask(pdf, { cookies });
      assert.equal(whole.status, 200);
      assert.equal(whole.headers["content-type"], "application/pdf");
      assert.ok(whole.body.length > 2_900_000, `${whole.body.length} bytes`);
      const part = await demo.ask(pdf, { cookies, headers: { Range: "bytes=1000000-1000099" } });
      assert.equal(part.status, 206);
      assert.deepEqual(part.body, whole.body.subarray(1_000_000, 1_000_100));

      await person.open(`${demo.portal}/account`);
      const old = await context.cookies();
      const portalCookies = await context.cookies(demo.portal);
      assert.equal((await person.signOut()).status(), 200);
      assert.equal(await person.title(), words.signedOut);
      await person.open(result);
      assert.equal(person.path(), "/login", "the site's own session ended too");

      const stale = await demo.ask(`${demo.portal}/account`, { cookies: portalCookies });
      assert.equal(stale.status, 401, "the old cookie opens nothing");
      assert.equal((await demo.ask(pdf, { cookies })).status, 303);
      await context.clearCookies();
      await context.addCookies(old);
      await person.open(result);
      assert.equal(person.path(), "/login");
    });
  });
}
