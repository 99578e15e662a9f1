// Passkeys, with an authenticator that Chromium plays: made, used, used on the way to a result, removed.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { freshCode } from "./support/codes.mjs";
import { startDemo } from "./support/demo.mjs";
import { WORDS } from "./support/words.mjs";

/** A telephone's own: keeps passkeys, checks who holds it, says yes at once. */
async function giveAuthenticator(person) {
  const devtools = await person.context.newCDPSession(person.page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    async passkeys() {
      return (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
    },
    async answers(yes) {
      await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: yes });
    },
  };
}

for (const language of ["fr", "en"]) {
  describe(`passkeys (${language})`, () => {
    const words = WORDS[language];
    const [odette, yann] = [0, 1];
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

    /** Password and code, once more. */
    async function again(person, patient) {
      await person.fill({ password: patient.password, code: await freshCode(patient.totp_secret) });
      return person.submit();
    }

    const useIt = (person) => person.page.click("form[action='/login/passkey'] button");

    test("one is added, signs in with nothing typed, leads to a result, and is removed", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("active", odette);
        const device = await giveAuthenticator(person);
        await person.open(`${demo.portal}/login`);
        await person.inspect("sign-in with passkeys");
        await person.signIn(patient, await freshCode(patient.totp_secret));
        await person.press(page.locator("a[href='/account/passkeys']"));
        await person.inspect("no passkeys");
        await person.press(page.locator("a[href='/account/passkeys/add']"));
        await person.inspect("asked again");
        await again(person, patient);
        assert.equal(person.path(), "/account/passkeys/new");
        await person.inspect("a new passkey");
        await page.fill("[name=name]", "Téléphone de Léa");
        await Promise.all([page.waitForURL("**/account/passkeys?added"), page.click("main form .main")]);
        await person.inspect("one passkey");
        assert.match(await page.innerText("main"), /Téléphone de Léa/);
        const [made] = await device.passkeys();
        assert.ok(made.isResidentCredential);

        await person.signOut();
        await person.open(`${demo.portal}/login`);
        await Promise.all([page.waitForURL(`${demo.portal}/account`), useIt(person)]);
        await person.check();
        await person.signOut();

        const result = `${demo.site}/dossiers/${patient.records[0]}/lipides`;
        await person.open(result);
        assert.equal(person.path(), "/login");
        await Promise.all([page.waitForURL(result), useIt(person)]);

        await person.open(`${demo.portal}/account/passkeys`);
        await person.press(page.locator("a[href^='/account/passkeys/remove']"));
        await person.inspect("removing a passkey");
        await again(person, patient);
        assert.equal(await person.title(), words.signIn, "signed in with it, so signed out with it");
        await person.open(`${demo.portal}/login`);
        await Promise.all([page.waitForURL("**/login/passkey/answer"), useIt(person)]);
        assert.equal(await page.evaluate(() => document.activeElement.id), "error");
        assert.equal(await person.title(), words.signIn);
        await person.inspect("a refused passkey");
      }));

    test("whoever is not recognised may try again or go the other way", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("active", yann);
        const device = await giveAuthenticator(person);
        await person.open(`${demo.portal}/login`);
        await person.signIn(patient, await freshCode(patient.totp_secret));
        await person.open(`${demo.portal}/account/passkeys/add`);
        await again(person, patient);
        await device.answers(false);
        await page.click("main form .main");
        const trouble = page.locator("[data-passkey-trouble]");
        await trouble.waitFor();
        await person.inspect("no passkey made");
        await device.answers(true);
        await Promise.all([page.waitForURL("**/account/passkeys?added"), page.click("main form .main")]);
        await person.signOut();

        await device.answers(false);
        const result = `${demo.site}/dossiers/${patient.records[0]}/lipides`;
        await person.open(result);
        await Promise.all([page.waitForURL("**/login/passkey"), useIt(person)]);
        await trouble.waitFor();
        await person.inspect("a passkey that was not used");
        const other = await page.locator("main > p > a").getAttribute("href");
        assert.match(other, /^\/login\?site=results&to=/, "the other way leads to the same place");
        await device.answers(true);
        await Promise.all([page.waitForURL(result), page.click("main form .main")]);
      }));

    test("without JavaScript nothing of passkeys is offered that does not work", () =>
      asSomebody({ javaScript: false }, async (person, page) => {
        const patient = demo.account("active", yann);
        const visible = (selector) => page.locator(selector).filter({ visible: true }).count();
        await person.open(`${demo.portal}/login`);
        assert.equal(await visible("form"), 1, "the sign-in form alone");
        await person.signIn(patient, await freshCode(patient.totp_secret));
        await person.press(page.locator("a[href='/account/passkeys']"));
        await person.check();
        assert.equal(await visible("a[href='/account/passkeys/add']"), 0);
        assert.equal(await visible("[data-no-passkeys]"), 1, "and why not is said");
      }));
  });
}
