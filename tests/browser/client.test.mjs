// A service sends a person to be signed in: by keyboard, with and without scripts, and back to the service.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { startBrowser } from "./support/browser.mjs";
import { freshCode } from "./support/codes.mjs";
import { BINARY, startDemo } from "./support/demo.mjs";

const run = promisify(execFile);

const SAYS = {
  fr: {
    signIn: "Se connecter",
    asks: "Voulez-vous donner cela à Carnet de vaccination ?",
    back: "Retour au service",
    refused: "Cette connexion ne peut pas continuer",
    over: "Cette connexion est terminée",
    signOut: "Voulez-vous vous déconnecter ?",
  },
  en: {
    signIn: "Sign in",
    asks: "Do you want to share this with Carnet de vaccination?",
    back: "Back to the service",
    refused: "This sign-in cannot continue",
    over: "This sign-in is over",
    signOut: "Do you want to sign out?",
  },
};

/** The service's own server: keeps what browsers bring back. */
async function startService() {
  const brought = [];
  const server = createServer(async (request, answer) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url, "http://localhost");
    const fields = new URLSearchParams(request.method === "POST" ? Buffer.concat(chunks).toString() : url.search);
    if (url.pathname === "/back") brought.push({ method: request.method, fields, headers: request.headers });
    answer.setHeader("content-type", "text/html; charset=utf-8");
    answer.end("<!DOCTYPE html><html lang=fr><title>Carnet</title><link rel=icon href=data:,><h1>Carnet</h1>");
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  return {
    address: `http://localhost:${server.address().port}/back`,
    brought,
    stop: () => new Promise((done) => server.close(done)),
  };
}

for (const language of ["fr", "en"]) {
  describe(`a service asks (${language})`, () => {
    const says = SAYS[language];
    const [odette, yann, sarah] = [0, 1, 2];
    let demo, browser, service, secret;

    before(async () => {
      [demo, browser, service] = await Promise.all([startDemo(), startBrowser(), startService()]);
      const { stdout } = await run(BINARY, [
        ...["client", "add", "vaccins", "--lab", demo.lab, "--config", join(demo.folder, "vestibule.toml"), "--json"],
        ...["--name", "Carnet de vaccination", "--redirect-uri", service.address],
        ...["--scope", "openid profile email"],
      ]);
      secret = JSON.parse(stdout).client_secret;
      assert.match(secret, /^vst_/);
    });
    after(async () => {
      await browser?.close();
      await service?.stop();
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

    const verifier = randomBytes(32).toString("base64url");
    const asked = (changes = {}) => {
      const fields = {
        client_id: "vaccins",
        redirect_uri: service.address,
        response_type: "code",
        scope: "openid profile email",
        state: "à la page <vaccins> & plus",
        nonce: "n-0S6",
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
        ...changes,
      };
      return `${demo.portal}/oauth2/authorize?${new URLSearchParams(fields)}`;
    };

    async function redeem(code) {
      const body = new URLSearchParams({
        grant_type: "authorization_code",
        code,
        redirect_uri: service.address,
        code_verifier: verifier,
      });
      const answer = await demo.ask(`${demo.portal}/oauth2/token`, {
        method: "POST",
        body: body.toString(),
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          authorization: `Basic ${Buffer.from(`vaccins:${secret}`).toString("base64")}`,
        },
      });
      assert.equal(answer.status, 200, answer.body.toString());
      const { id_token: token } = JSON.parse(answer.body);
      return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
    }

    test("signing in and saying yes takes a keyboard, and a script brings the answer", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("active", odette);
        const until = async (is) => {
          for (let tabs = 0; tabs < 30; tabs += 1) {
            await page.keyboard.press("Tab");
            const focus = await page.evaluate(() => {
              const element = document.activeElement;
              const style = getComputedStyle(element);
              const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              return { name: element.name, value: element.value, seen };
            });
            assert.ok(focus.seen, `the focus is seen on ${focus.name}`);
            if (is(focus)) return;
          }
          assert.fail("not reached");
        };
        await person.open(asked({ response_mode: "form_post" }));
        assert.equal(await person.title(), says.signIn);
        await person.inspect("sign-in for a service");
        const code = await freshCode(patient.totp_secret);
        for (const [name, text] of Object.entries({
          identifier: patient.identifier,
          password: patient.password,
          code,
        })) {
          await until((focus) => focus.name === name);
          await page.keyboard.type(text);
        }
        await Promise.all([page.waitForURL("**/oauth2/authorize/continue**"), page.keyboard.press("Enter")]);
        assert.equal(await person.title(), says.asks);
        await person.inspect("consent");
        const told = await page.locator("#consent").innerText();
        assert.ok(told.includes(patient.given_name ?? "Odette"), told);
        await until((focus) => focus.value === "allow");
        await Promise.all([page.waitForURL(service.address), page.keyboard.press("Enter")]);

        const { method, fields, headers } = service.brought.at(-1);
        assert.equal(method, "POST");
        assert.deepEqual([...fields.keys()], ["code", "state", "iss"]);
        assert.equal(fields.get("state"), "à la page <vaccins> & plus");
        assert.equal(fields.get("iss"), demo.portal);
        assert.equal(headers.referer, undefined, "where the person was is nobody's business");
        const claims = await redeem(fields.get("code"));
        assert.deepEqual([claims.iss, claims.aud, claims.nonce], [demo.portal, "vaccins", "n-0S6"]);

        // Asked before: nothing is shown any more, with the way back by link too.
        await person.open(asked({ prompt: "none" }));
        assert.equal(service.brought.at(-1).method, "GET");
        assert.ok(service.brought.at(-1).fields.get("code"));
      }));

    test("without scripts a button brings the answer, and no is an answer", () =>
      asSomebody({ javaScript: false }, async (person, page) => {
        const patient = demo.account("active", yann);
        await person.open(asked({ response_mode: "form_post" }));
        await person.signIn(patient, await freshCode(patient.totp_secret));
        assert.equal(await person.title(), says.asks);
        await person.press(page.locator("button[name=decision][value=deny]"));
        assert.equal(await person.title(), says.back);
        await person.submit("main form");
        assert.equal(page.url(), service.address);
        assert.equal(service.brought.at(-1).fields.get("error"), "access_denied");
      }));

    test("every page on the way can be read by everybody", () =>
      asSomebody({}, async (person, page) => {
        const patient = demo.account("active", sarah);
        await page.route("**/form-post*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
        await person.open(asked({ response_mode: "form_post", scope: "openid" }));
        await person.signIn(patient, await freshCode(patient.totp_secret));
        const consent = page.url();
        await person.press(page.locator("button[value=allow]"));
        assert.equal(await person.title(), says.back);
        await person.inspect("the way back");
        await person.open(consent);
        assert.equal(await person.title(), says.over);
        await person.inspect("a request that is over");
        await person.open(asked({ redirect_uri: "https://elsewhere.example/" }));
        assert.equal(await person.title(), says.refused);
        assert.match(await page.locator("#error").innerText(), /invalid_request/);
        await person.inspect("a request of nobody");
        await person.open(`${demo.portal}/oauth2/logout`);
        assert.equal(await person.title(), says.signOut);
        await person.inspect("asked to sign out");
        await person.submit("main form");
        assert.equal(person.path(), "/logout");
      }));
  });
}
