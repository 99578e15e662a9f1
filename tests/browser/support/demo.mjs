// The demo, started as a stranger would start it: in an empty folder, on a free port, stopped with SIGTERM.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
export const BINARY = resolve(process.env.VESTIBULE_BIN ?? join(HERE, "../../../target/debug/vestibule"));
const START_SECONDS = 60;
const STOP_SECONDS = 25;

/** A process of ours that serves at this port. */
async function serving(parameters, port, settings) {
  const child = spawn(BINARY, parameters, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...settings } });
  const log = [];
  child.stdout.on("data", (text) => log.push(text));
  child.stderr.on("data", (text) => log.push(text));
  const ended = new Promise((done) => {
    child.on("error", (error) => done({ error }));
    child.on("exit", (code, signal) => done({ code, signal }));
  });
  const failed = (what) => new Error(`${what}\n${Buffer.concat(log).toString()}`);

  const isReady = () => status(`https://localhost:${port}/readyz`).then((code) => code === 200, () => false);
  const patience = Date.now() + START_SECONDS * 1000;
  while (!(await isReady())) {
    const end = await Promise.race([ended, sleep(100)]);
    if (end) throw failed(`${BINARY} did not start: ${end.error ?? `exit ${end.code ?? end.signal}`}`);
    if (Date.now() > patience) {
      child.kill("SIGKILL");
      throw failed(`${BINARY} was not ready after ${START_SECONDS} s`);
    }
  }
  return {
    async stop() {
      child.kill("SIGTERM");
      const patience = new AbortController();
      const late = sleep(STOP_SECONDS * 1000, "late", { signal: patience.signal }).catch(() => "late");
      const end = await Promise.race([ended, late]);
      patience.abort();
      if (end === "late") {
        child.kill("SIGKILL");
        throw failed(`${BINARY} did not stop within ${STOP_SECONDS} s of SIGTERM`);
      }
      if (end.code !== 0) throw failed(`${BINARY} ended with ${end.code ?? end.signal}, not with 0`);
    },
  };
}

/** `settings`: variables that replace keys of the configuration. */
export async function startDemo(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), "vestibule-browser-"));
  const port = await freePort();
  let running = await serving(["demo", "--dir", folder, "--port", String(port)], port, settings);
  const story = JSON.parse(await readFile(join(folder, "demo.json"), "utf8"));

  return {
    ...story,
    folder,
    /** One request outside of any page, with these cookies; the certificate is checked against the demo's authority. */
    async ask(url, { method = "GET", cookies = [], headers = {}, body } = {}) {
      const { hostname, port, pathname, search } = new URL(url);
      const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
      const ca = await readFile(story.ca_file);
      return new Promise((done, failed) => {
        const asked = { method, host: "127.0.0.1", servername: hostname, port, path: pathname + search, ca };
        request({ ...asked, headers: { ...headers, Host: `${hostname}:${port}`, Cookie: cookie } }, (answer) => {
          const chunks = [];
          answer.on("data", (chunk) => chunks.push(chunk));
          answer.on("error", failed);
          answer.on("end", () =>
            done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }),
          );
        })
          .on("error", failed)
          .end(body);
      });
    },
    account(state, index = 0) {
      return story.accounts.filter((account) => account.state === state)[index];
    },
    /** The same installation with another configuration, served without the sample LIS. */
    async serveWith(change) {
      await running.stop();
      const config = join(folder, "vestibule.toml");
      await writeFile(config, change(await readFile(config, "utf8")));
      running = await serving(["serve", "--config", config], port, settings);
    },
    async stop() {
      try {
        await running.stop();
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function status(url) {
  return new Promise((done, failed) => {
    // The certificate is self-made; only readiness is asked here.
    request(url, { rejectUnauthorized: false }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    })
      .on("error", failed)
      .end();
  });
}

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
