// Ollama's own package.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import { Ollama } from "ollama";
import { endlessModel, startDaemon } from "./daemon.js";

const daemon = await startDaemon();
const client = new Ollama({ host: daemon.url });

const messages = [{ role: "user", content: "What is a token?" }];
const question = { model: "demo", messages, options: { temperature: 0 } };
const prompt = {
  model: "demo",
  prompt: "What is a token?",
  options: { temperature: 0 },
};

const schema = {
  type: "object",
  properties: {
    part: { enum: ["weights", "cache"] },
    grows: { type: "boolean" },
  },
  required: ["part", "grows"],
  additionalProperties: false,
};
const isValid = new Ajv().compile(schema);

// Times are in nanoseconds.
function isTold(end) {
  assert.equal(end.done, true);
  assert(end.prompt_eval_count > 0 && end.eval_count > 0);
  assert(end.total_duration >= end.eval_duration && end.eval_duration > 0);
  assert(!Number.isNaN(Date.parse(end.created_at)));
}

test("a chat is answered, with what it took", async () => {
  const answer = await client.chat(question);

  assert.equal(answer.model, "demo");
  assert.equal(answer.message.role, "assistant");
  assert.match(answer.message.content, /token/i);
  assert.equal(answer.done_reason, "stop");
  isTold(answer);
});

test("a stream says the same piece by piece", async () => {
  const whole = await client.chat(question);

  const parts = await Array.fromAsync(
    await client.chat({ ...question, stream: true }),
  );

  const text = parts.map(({ message }) => message.content).join("");
  assert.equal(text, whole.message.content);
  isTold(parts.pop());
  assert(parts.length > 1 && parts.every(({ done }) => done === false));
});

test("a text is generated from a prompt", async () => {
  const whole = await client.generate(prompt);
  const parts = await Array.fromAsync(
    await client.generate({ ...prompt, stream: true }),
  );

  assert.match(whole.response, /token/i);
  assert.equal(whole.done_reason, "stop");
  isTold(whole);
  assert.equal(parts.map(({ response }) => response).join(""), whole.response);
});

test("options count", async () => {
  const whole = await client.generate(prompt);
  const stop = whole.response.split(" ")[3];

  const short = await client.generate({
    ...prompt,
    options: { ...prompt.options, num_predict: 3 },
  });
  const stopped = await client.generate({
    ...prompt,
    options: { ...prompt.options, stop: [stop] },
  });

  assert.equal(short.eval_count, 3);
  assert.equal(short.done_reason, "length");
  assert.equal(
    stopped.response,
    whole.response.slice(0, whole.response.indexOf(stop)),
  );
});

test("the same seed says the same", async () => {
  const say = async (seed) => {
    const options = { num_predict: 16, seed, temperature: 1 };
    return (await client.chat({ model: endlessModel, messages, options }))
      .message.content;
  };

  const first = await say(1);

  assert.equal(await say(1), first);
  assert.notEqual(await say(2), first);
});

test("an answer is valid by the schema that is asked for", async () => {
  const { message } = await client.chat({
    model: endlessModel,
    messages,
    format: schema,
  });

  assert(isValid(JSON.parse(message.content)), message.content);
});

// Whether it calls one is the model's choice, and this one's is random.
test("a model is told of its tools, and what they said", async () => {
  const tools = [
    {
      type: "function",
      function: { name: "measure", description: "", parameters: schema },
    },
  ];
  const call = { name: "measure", arguments: { part: "cache", grows: true } };
  const said = [
    ...messages,
    { role: "assistant", content: "", tool_calls: [{ function: call }] },
    { role: "tool", tool_name: "measure", content: "It is 1 GB." },
  ];
  const promptTokens = async (asked) => {
    const answer = await client.chat({
      model: endlessModel,
      options: { num_predict: 1 },
      ...asked,
    });
    return answer.prompt_eval_count;
  };

  const without = await promptTokens({ messages });
  const withTools = await promptTokens({ messages, tools });
  const withAnswer = await promptTokens({ messages: said, tools });

  assert(without < withTools && withTools < withAnswer);
  await assert.rejects(client.chat({ ...question, tools }), {
    name: "ResponseError",
    status_code: 400,
  });
});

test("texts are embedded", async () => {
  const input = ["a token", "a cache"];

  const answer = await client.embed({ model: "demo", input });

  assert.equal(answer.embeddings.length, 2);
  for (const embedding of answer.embeddings) {
    assert(Math.abs(Math.hypot(...embedding) - 1) < 1e-4);
  }
  assert(answer.prompt_eval_count > 0);
});

test("models are listed", async () => {
  const { models } = await client.list();

  const demo = models.find(({ name }) => name.split(":")[0] === "demo");
  assert.equal(demo.model, demo.name);
  assert(demo.size > 1_000_000);
  // The name in the list is one to ask by.
  const answer = await client.generate({ ...prompt, model: demo.name });
  assert.match(answer.response, /token/i);
});

test("a model is shown", async () => {
  const shown = await client.show({ model: "demo" });

  assert.equal(shown.details.format, "gguf");
  assert.equal(shown.details.family, "llama");
  assert.equal(shown.details.quantization_level, "Q8_0");
  assert(shown.capabilities.includes("completion"));
  assert.equal(shown.model_info["general.architecture"], "llama");
});

test("what is loaded is listed, and until when", async () => {
  await client.generate(prompt);

  const { models } = await client.ps();

  const demo = models.find(({ name }) => name.split(":")[0] === "demo");
  assert(demo.size > 0);
  assert(!Number.isNaN(Date.parse(demo.expires_at)));
});

test("the version is told", async () => {
  assert.match((await client.version()).version, /^\d+\.\d+\.\d+/);
});

test("a model that is not there is not found", async () => {
  await assert.rejects(
    client.chat({ ...question, model: "no-such-model" }),
    ({ name, status_code, error }) =>
      name === "ResponseError" &&
      status_code === 404 &&
      error.includes("no-such-model"),
  );
});

test("leaving a stream ends its generation", async () => {
  await daemon.cancelsOne(endlessModel, async () => {
    const stream = await client.chat({
      model: endlessModel,
      messages,
      stream: true,
    });
    await assert.rejects(
      async () => {
        for await (const { done } of stream) {
          assert.equal(done, false);
          stream.abort();
        }
      },
      { name: "AbortError" },
    );
  });
});
