// Pictures of every page, to look at: `npm run screenshots` writes them to screenshots/, and the one for the README to
// docs/images/sign-in.png.
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBrowser } from "./support/browser.mjs";
import { freshCode, wrongCode } from "./support/codes.mjs";
import { startDemo } from "./support/demo.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const FOLDER = join(HERE, "screenshots");
const README = join(HERE, "../../docs/images/sign-in.png");
const LOOKS = [
  { name: "desktop-light", width: 1280, scheme: "light" },
  { name: "desktop-dark", width: 1280, scheme: "dark" },
  { name: "phone-light", width: 360, scheme: "light" },
  { name: "phone-dark", width: 360, scheme: "dark" },
];

const [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
try {
  const language = process.argv[2] ?? "fr";
  const person = await browser.person({ language });
  await pictures(person, language);
  await person.leave();
} finally {
  await browser.close();
  await demo.stop();
}

async function pictures(person, language) {
  const { page } = person;
  let number = 0;
  const shot = async (name) => {
    number += 1;
    for (const look of LOOKS) {
      const folder = join(FOLDER, language, look.name);
      await mkdir(folder, { recursive: true });
      await page.emulateMedia({ colorScheme: look.scheme });
      await page.setViewportSize({ width: look.width, height: 800 });
      await page.screenshot({ path: join(folder, `${String(number).padStart(2, "0")}-${name}.png`), fullPage: true });
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 800 });
  };
  const [sheet, patient, leaked] = [demo.lab_codes[0], demo.account("active"), demo.account("leaked")];
  const [record] = patient.records;

  await person.open(`${demo.site}/dossiers/${record}/lipides`);
  await shot("sign-in");
  if (language === "fr") await forReadme(page);
  await person.signIn(patient, await wrongCode(patient.totp_secret));
  await shot("sign-in-refused");
  await person.signIn(patient, await freshCode(patient.totp_secret));
  await shot("result");
  await person.open(`${demo.site}/dossiers/118203/sommaire`);
  await shot("another-record");
  await person.open(`${demo.portal}/account`);
  await shot("account");
  await person.signOut();
  await shot("signed-out");
  await person.open(`${demo.portal}/recover`);
  await shot("recover");
  await person.open(`${demo.portal}/nowhere`);
  await shot("not-found");

  await person.open(`${demo.portal}/login`);
  await person.signIn(leaked, await freshCode(leaked.totp_secret));
  await shot("held");
  await person.context.clearCookies();

  await person.open(`${demo.portal}/activate`);
  await shot("activate");
  await person.fill({ lab_code: sheet.code, birth_date: "01/01/1901" });
  await person.submit();
  await shot("activate-refused");
  await person.fill({ lab_code: sheet.code, birth_date: sheet.birth_date });
  await person.submit();
  await shot("password");
  await person.fill({ new_password: "soleil7" });
  await person.submit();
  await shot("password-refused");
  await person.fill({ new_password: "trois mouettes lisent au phare" });
  await person.submit();
  await shot("application");
  const secret = (await page.innerText("#totp-secret")).trim();
  await person.fill({ code: await wrongCode(secret) });
  await person.submit();
  await shot("application-wrong-code");
  await person.fill({ code: await freshCode(secret) });
  await person.submit();
  await shot("recovery-codes");
  await person.press(page.locator("main button.main"));
  await shot("account-new");
}

async function forReadme(page) {
  await mkdir(dirname(README), { recursive: true });
  await page.setViewportSize({ width: 1280, height: 844 });
  await page.screenshot({ path: README });
}
