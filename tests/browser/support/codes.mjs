// Codes as a patient's own application makes them: from oathtool, not from the product under test.
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const STEP = 30;
const lastStep = new Map();
const seconds = () => Math.floor(Date.now() / 1000);

/** A code of this secret that no test has used yet: the one before or the one shown; waits for the next when it must. */
export async function freshCode(secret) {
  for (;;) {
    const now = seconds();
    const current = Math.floor(now / STEP);
    const spare = STEP - (now % STEP);
    // Typing takes a while: the code before is good for the rest of this step only.
    const oldest = spare < 12 ? current : current - 1;
    const step = Math.max(oldest, (lastStep.get(secret) ?? 0) + 1);
    if (step <= current) {
      lastStep.set(secret, step);
      return oathtool(secret, step * STEP);
    }
    await sleep(spare * 1000 + 200);
  }
}

/** The code before and the one shown, of which no test has used the second; waits for a whole step when it must. */
export async function codesInARow(secret) {
  for (;;) {
    const current = Math.floor(seconds() / STEP);
    const spare = STEP - (seconds() % STEP);
    if (spare >= 12 && current > (lastStep.get(secret) ?? 0)) {
      lastStep.set(secret, current);
      return Promise.all([oathtool(secret, (current - 1) * STEP), oathtool(secret, current * STEP)]);
    }
    await sleep(spare * 1000 + 200);
  }
}

/** Six digits that are right neither now nor in the steps around. */
export async function wrongCode(secret) {
  const around = await Promise.all([-2, -1, 0, 1, 2].map((steps) => oathtool(secret, seconds() + steps * STEP)));
  return ["123456", "654321", "112233", "332211", "908070", "102030"].find((code) => !around.includes(code));
}

async function oathtool(secret, at) {
  const { stdout } = await run("oathtool", ["--totp", "-b", secret, "--now", `@${at}`]);
  return stdout.trim();
}
