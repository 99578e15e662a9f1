// Debian's Chromium, and a person in front of it whose every page is watched.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
/** What a 1280 px window has left at 200 %. */
export const ZOOMED = { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 };

export async function startBrowser() {
  const profile = await mkdtemp(join(tmpdir(), "vestibule-chromium-"));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    env: { ...process.env, HOME: profile },
  });
  return {
    /** A person who comes for the first time. */
    async person({ language = "fr", javaScript = true, screen = DESKTOP, scheme = "light" } = {}) {
      const context = await browser.newContext({
        ...screen,
        locale: language === "fr" ? "fr-FR" : "en-GB",
        javaScriptEnabled: javaScript,
        colorScheme: scheme,
        ignoreHTTPSErrors: true,
        acceptDownloads: true,
      });
      context.setDefaultTimeout(15_000);
      return new Person(context, await context.newPage(), { language, javaScript });
    },
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

export class Person {
  /** Whatever must not happen on any page, in the order in which it happened. */
  complaints = [];

  constructor(context, page, { language, javaScript }) {
    Object.assign(this, { context, page, language, javaScript });
    context.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      const isHere = hostname === "localhost" || hostname.endsWith(".localhost");
      if (protocol !== "data:" && !isHere) this.complaints.push(`a request left this machine: ${request.url()}`);
    });
    context.on("weberror", (error) => this.complaints.push(`error in a script: ${error.error()}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !isOwnStatus(message, page)) {
        this.complaints.push(`console: ${message.text()} (${message.location().url})`);
      }
    });
  }

  /** No name or value of a cookie stays when a person closes the window; what they complained of is told now. */
  async leave() {
    await this.context.close();
    assert.deepEqual(this.complaints, []);
  }

  async open(url) {
    return this.page.goto(url);
  }

  path() {
    return new URL(this.page.url()).pathname;
  }

  title() {
    return this.page.locator("h1").innerText();
  }

  /** Presses the button and waits for the page that answers; gives its HTTP answer. */
  async submit(within = "main form.card") {
    return this.press(this.page.locator(`${within} button[type=submit].main`));
  }

  async press(target) {
    const [response] = await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), target.click()]);
    return response;
  }

  async fill(fields) {
    for (const [name, value] of Object.entries(fields)) await this.page.fill(`[name=${name}]`, value);
  }

  async signIn(account, code) {
    await this.fill({ identifier: account.identifier, password: account.password, code });
    return this.submit();
  }

  async signOut() {
    return this.press(this.page.locator("header form[action='/logout'] button"));
  }

  /** What must hold on every page of ours, for every visitor. */
  async check() {
    const { page } = this;
    assert.equal(await page.locator("html").getAttribute("lang"), this.language, `language of ${page.url()}`);
    assert.equal(await page.locator("h1").count(), 1, "one heading of the first level");
    assert.notEqual((await page.title()).trim(), "");
    assert.equal(await page.locator("[style]").count(), 0, "no inline style");
    assert.equal(await page.locator("script:not([src])").count(), 0, "no inline script");
    await this.checkWidth();
  }

  async checkWidth() {
    const [content, window] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(content <= window, `${this.page.url()} is ${content} px wide in a window of ${window} px`);
  }

  /** The same, in light and dark, on narrow phones, and with the accessibility scanner. */
  async inspect(name) {
    const { page } = this;
    await this.check();
    const before = page.viewportSize();
    for (const width of [360, 320]) {
      await page.setViewportSize({ width, height: 640 });
      await this.checkWidth();
    }
    await page.setViewportSize(before);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await this.scan(`${name}, ${this.language}, ${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: "light" });
  }

  async scan(name) {
    const { page } = this;
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
    const violations = await page.evaluate(async (rules) => {
      const result = await window.axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
      return result.violations.map(({ id, help, nodes }) => ({
        id,
        help,
        nodes: nodes.map((node) => `${node.html.slice(0, 200)} | ${node.any[0]?.message ?? ""}`),
      }));
    }, RULES);
    assert.deepEqual(violations, [], `accessibility of ${name}`);
  }
}

/** Chromium reports the status of a refusal's own page as an error, and that the sample LIS has no icon. */
function isOwnStatus(message, page) {
  const { url } = message.location();
  const isStatus = message.text().startsWith("Failed to load resource: the server responded with a status of");
  return isStatus && (url === page.url() || /^https:\/\/results\.localhost:\d+\/favicon\.ico$/.test(url));
}
