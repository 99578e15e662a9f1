// A real provider in a real browser: linked from the account, signed in with, signed out of; with and without scripts.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startBrowser } from "./support/browser.mjs";
import { freshCode } from "./support/codes.mjs";
import { startDemo } from "./support/demo.mjs";

const PROVIDER = join(dirname(fileURLToPath(import.meta.url)), "../provider/provider.mjs");
const CLIENT = { client_id: "labo", client_secret: "not a secret of anybody" };

/** With the demo's own certificate; its client is the demo's portal. */
async function startProvider(demo) {
  const files = ["certificate.pem", "key.pem"].map((name) => join(demo.folder, name));
  const child = spawn(process.execPath, [PROVIDER, ...files], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (fits) => {
    for (;;) {
      const { value, done } = await lines.next();
      assert.ok(!done, `${PROVIDER} ended; in tests/provider: npm ci`);
      if (fits(value)) return value;
    }
  };
  const port = await next((line) => /^\d+$/.test(line));
  const client = {
    ...CLIENT,
    redirect_uris: [`${demo.portal}/upstream/callback`],
    post_logout_redirect_uris: [`${demo.portal}/logout`],
    id_token_signed_response_alg: "ES256",
  };
  child.stdin.write(`${JSON.stringify([client])}\n`);
  await next((line) => line === "ready");
  return { issuer: `https://localhost:${port}`, stop: () => child.stdin.end() };
}

const entry = (issuer) => `
[[lab.provider]]
id = "compte"
name = "Compte+"
issuer = "${issuer}"
client_id = "${CLIENT.client_id}"
client_secret_file = "provider.secret"
ca_file = "ca.pem"
scopes = ["openid", "profile"]
acr_values = ["eidas2"]
mfa_amr = ["mfa"]

`;

for (const [index, language, javaScript] of [
  [0, "fr", true],
  [1, "en", false],
]) {
  describe(`a provider (${language}, ${javaScript ? "with" : "without"} scripts)`, () => {
    let demo, browser, provider;

    before(async () => {
      [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
      provider = await startProvider(demo);
      await writeFile(join(demo.folder, "provider.secret"), CLIENT.client_secret);
      await demo.serveWith((config) => config.replace("[[site]]", `${entry(provider.issuer)}[[site]]`));
    });
    after(async () => {
      await browser?.close();
      provider?.stop();
      await demo?.stop();
    });

    /** Presses what leads to the provider, says there who it is, and waits to be back. */
    async function through(person, press, { who, amr }, back) {
      const { page } = person;
      await Promise.all([page.waitForURL(`${provider.issuer}/interaction/**`), press()]);
      for (const [name, value] of Object.entries({ who, acr: "eidas2", amr })) await page.fill(`[name=${name}]`, value);
      await Promise.all([page.waitForURL(back), page.click("[name=go]")]);
    }

    const inspect = (person, name) => (javaScript ? person.inspect(name) : person.check());

    test("is linked, signs in, asks for a code where it showed one factor, and is signed out of", async () => {
      const person = await browser.person({ language, javaScript });
      const { page } = person;
      const patient = demo.account("active", index);
      const begin = () => page.click("form[action='/login/provider'] button");
      const who = "odette";

      await person.open(`${demo.portal}/login`);
      await inspect(person, "sign-in with a provider");
      await through(person, begin, { who, amr: "pwd mfa" }, "**/upstream/callback?**");
      assert.equal(await page.locator("#error").count(), 1, "nobody has linked it yet");
      await inspect(person, "an identity that is not linked");

      await person.signIn(patient, await freshCode(patient.totp_secret));
      await person.press(page.locator("a[href='/account/links']"));
      await inspect(person, "no linked identity");
      await person.press(page.locator("a[href^='/account/links/add']"));
      await inspect(person, "asked again before an identity is linked");
      await person.fill({ password: patient.password, code: await freshCode(patient.totp_secret) });
      // The provider knows them still.
      const submit = () => page.click("main form.card button.main");
      await Promise.all([page.waitForURL("**/account/links?linked"), submit()]);
      await inspect(person, "a linked identity");
      await person.signOut();
      await person.leave();

      const later = await browser.person({ language, javaScript });
      await later.open(`${demo.portal}/login`);
      const button = () => later.page.click("form[action='/login/provider'] button");
      await through(later, button, { who, amr: "pwd" }, "**/login/provider/code");
      await inspect(later, "one more code");
      await later.fill({ code: await freshCode(patient.totp_secret) });
      await later.submit();
      assert.equal(later.path(), "/account");
      await later.signOut();
      await inspect(later, "signed out, and not there");
      const elsewhere = later.page.locator("#elsewhere");
      assert.match(await elsewhere.getAttribute("href"), /\/session\/end\?id_token_hint=/);
      await later.leave();
    });
  });
}
