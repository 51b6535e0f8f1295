// curl, with the commands that people are shown.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import { startDaemon } from "./daemon.js";

const daemon = await startDaemon();

// A stream that never ends is left after `seconds`: curl then ends with 28.
async function run(command, seconds) {
  const limit = seconds ? `--max-time ${seconds}` : "";
  const { stdout } = await promisify(execFile)("bash", [
    "-c",
    command.replace("curl ", `curl --silent --show-error --fail ${limit} `),
  ]).catch((error) => {
    assert(seconds && error.code === 28, `${command}\n${error.stderr}`);
    return error;
  });
  return stdout;
}

// Of the README: the tests run at the top of the checkout.
async function readmeCommands() {
  const readme = await readFile("README.md", "utf8");
  return readme
    .replaceAll("127.0.0.1:7421", `127.0.0.1:${daemon.port}`)
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.startsWith("curl "));
}

test("the README's commands are answered", async () => {
  const commands = await readmeCommands();

  const answers = await Promise.all(commands.map((line) => run(line)));

  const chat = commands.findIndex((line) => line.includes("chat/completions"));
  const [{ message }] = JSON.parse(answers[chat]).choices;
  assert.match(message.content, /cache/i);
  assert(answers.every((answer) => answer !== ""));
});

test("a chat is streamed as events", async () => {
  const body = JSON.stringify({
    model: "demo",
    stream: true,
    messages: [{ role: "user", content: "What is a token?" }],
  });

  const answer = await run(
    `curl -N ${daemon.url}/v1/chat/completions ` +
      `-H 'Content-Type: application/json' -d '${body}'`,
  );

  const events = answer.split("\n\n");
  assert.equal(events.pop(), "");
  assert.equal(events.pop(), "data: [DONE]");
  assert(events.length > 2);
  for (const event of events) {
    assert.match(event, /^data: /);
    assert.equal(
      JSON.parse(event.slice("data: ".length)).object,
      "chat.completion.chunk",
    );
  }
});

test("the commands of the index are answered", async () => {
  const index = await run(`curl ${daemon.url}/`);
  const commands = index.split("\n").filter((line) => /^ +curl /.test(line));

  assert(commands.length > 15);
  for (const command of commands.map((line) => line.trim())) {
    const answer = await run(command, command.includes("/Watch") ? 2 : 0);
    // Of a stream the first event.
    const [text] = answer.replace(/^data: /, "").split("\n", 1);
    assert.equal(typeof JSON.parse(text), "object", command);
  }
});
