// Pages in a browser: those that nobody let in read nothing and start nothing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { endlessModel, startDaemon } from "./daemon.js";

// Every name is this machine, as if somebody had made it so.
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium-headless-shell",
  args: ["--host-resolver-rules=MAP *.example 127.0.0.1"],
});
after(() => browser.close());

const site = createServer((_, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html><title>A page</title>");
}).listen(0, "127.0.0.1");
await once(site, "listening");
after(() => site.close());

const friend = `http://friend.example:${site.address().port}`;
const stranger = `http://stranger.example:${site.address().port}`;
const daemon = await startDaemon({ origins: [friend] });

const chat = (model) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({
    model,
    stream: true,
    messages: [{ role: "user", content: "What is a token?" }],
  }),
});

async function open(url) {
  const page = await browser.newPage();
  const response = await page.goto(url);
  return { page, status: response.status() };
}

// What the page reads: how many pieces, their text, or why nothing.
const read = (page, url, init) =>
  page.evaluate(
    async ([url, init]) => {
      try {
        const { status, type, body } = await fetch(url, init);
        const pieces = [];
        const decoded = body?.pipeThrough(new TextDecoderStream()) ?? [];
        for await (const piece of decoded) pieces.push(piece);
        return { status, type, pieces: pieces.length, text: pieces.join("") };
      } catch (error) {
        return { error: error.name };
      }
    },
    [url, init],
  );

test("a page that was let in reads a stream as it comes", async () => {
  const { page } = await open(friend);

  const { status, pieces, text } = await read(
    page,
    `${daemon.url}/v1/chat/completions`,
    chat("demo"),
  );

  assert.equal(status, 200);
  assert(pieces > 1, `it came in ${pieces} pieces`);
  assert(text.endsWith("data: [DONE]\n\n"));
});

test("a page that was let in reads errors", async () => {
  const { page } = await open(friend);

  const { status, text } = await read(
    page,
    `${daemon.url}/v1/chat/completions`,
    chat("no-such-model"),
  );

  assert.equal(status, 404);
  assert.equal(JSON.parse(text).error.code, "model_not_found");
});

test("closing a page ends its generation", async () => {
  await daemon.cancelsOne(endlessModel, async () => {
    const { page } = await open(friend);
    const reading = read(
      page,
      `${daemon.url}/v1/chat/completions`,
      chat(endlessModel),
    ).catch(() => {});
    await daemon.untilGenerating(endlessModel);
    await page.close();
    await reading;
  });
});

test("a stranger's page reads nothing and starts nothing", async () => {
  const before = await daemon.generations("demo");
  const { page } = await open(stranger);
  const url = `${daemon.url}/v1/chat/completions`;

  const asked = await read(page, url, chat("demo"));
  const listed = await read(page, `${daemon.url}/v1/models`);
  // What a page may send without asking first; it cannot read the answer.
  const unasked = await read(page, url, {
    ...chat("demo"),
    mode: "no-cors",
    headers: { "Content-Type": "text/plain" },
  });

  assert.deepEqual(asked, { error: "TypeError" });
  assert.deepEqual(listed, { error: "TypeError" });
  assert.equal(unasked.type, "opaque");
  assert.deepEqual(await daemon.generations("demo"), before);
});

test("a name that was made to point here is refused", async () => {
  const before = await daemon.generations("demo");
  const { page, status } = await open(
    `http://rebound.example:${daemon.port}/`,
  );

  // To the browser these are the page's own.
  const listed = await read(page, "/v1/models");
  const asked = await read(page, "/v1/chat/completions", chat("demo"));

  assert.equal(status, 403);
  assert.equal(listed.status, 403);
  assert.equal(asked.status, 403);
  assert.deepEqual(await daemon.generations("demo"), before);
});

test("a page of the daemon's own may ask", async () => {
  const { page, status } = await open(`http://localhost:${daemon.port}/`);

  const listed = await read(page, "/v1/models");
  const asked = await read(page, "/v1/chat/completions", chat("demo"));

  assert.equal(status, 200);
  assert.equal(listed.status, 200);
  assert.equal(asked.status, 200);
});
