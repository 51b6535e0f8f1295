// The real daemon for one file of tests: on a free port, with nothing of the
// user's, in a folder that goes away with it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

const PATIENCE_MS = 30_000;

// Talks for ever, and calls tools where it must: its weights are random.
export const endlessModel = join(import.meta.dirname, "endless.gguf");

/** Looks until `condition` holds. What a test waits for comes, or it fails. */
async function until(condition, what) {
  const patienceEnds = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    assert(Date.now() < patienceEnds, `waited in vain: ${what}`);
    await wait(5);
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

class Daemon {
  #process;
  #ended;
  #log = "";

  constructor(folder, port, origins) {
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    // It ends with this process, even where that is killed.
    this.#process = spawn("setpriv", ["--pdeathsig", "TERM", "hwledgerd"], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        XDG_RUNTIME_DIR: folder,
        HWLEDGER_GRPC_ADDRESS: "",
        HWLEDGER_HTTP_ADDRESS: `127.0.0.1:${port}`,
        HWLEDGER_HTTP_ORIGINS: origins.join(","),
        HWLEDGER_STOP_GRACE: "0",
      },
    });
    this.#ended = once(this.#process, "exit");
    this.#process.stderr.on("data", (text) => (this.#log += text));
  }

  async isReady() {
    assert.equal(this.#process.exitCode, null, this.#log);
    const answer = await fetch(`${this.url}/readyz`).catch(() => null);
    return answer?.status === 200;
  }

  /** What the generations of a model came to. */
  async generations(model) {
    const answer = await fetch(
      `${this.url}/hwledger.v1.ModelLibrary/ListLoadedModels`,
    );
    const { models = [] } = await answer.json();
    const loaded = models.find(({ modelId }) => modelId === model);
    const { startedCount, finishedCount, cancelledCount } =
      loaded?.counts ?? {};
    return {
      active: loaded?.activeRequests ?? 0,
      started: Number(startedCount ?? 0),
      finished: Number(finishedCount ?? 0),
      cancelled: Number(cancelledCount ?? 0),
    };
  }

  /** Waits until a model is at work. */
  async untilGenerating(model) {
    await until(
      async () => (await this.generations(model)).active > 0,
      `a generation of ${model}`,
    );
  }

  /** `act` must begin one generation of a model and get it cancelled. */
  async cancelsOne(model, act) {
    const before = await this.generations(model);
    await act();
    await until(
      async () => (await this.generations(model)).active === 0,
      `the end of a generation of ${model}`,
    );
    const now = await this.generations(model);
    assert.equal(now.started, before.started + 1);
    assert.equal(now.cancelled, before.cancelled + 1);
    assert.equal(now.finished, before.finished);
  }

  async stop() {
    this.#process.kill("SIGTERM");
    const [status] = await this.#ended;
    assert.equal(status, 0, this.#log);
  }
}

/** `origins`: pages that may ask. Stops after the file's last test. */
export async function startDaemon({ origins = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "hwledger-"));
  const daemon = new Daemon(folder, await freePort(), origins);
  after(async () => {
    await daemon.stop();
    await rm(folder, { recursive: true });
  });
  await until(() => daemon.isReady(), "the daemon");
  return daemon;
}
