// The openai package: models, completions, embeddings and errors.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { endlessModel, startDaemon } from "./daemon.js";
import { openAiOf } from "./openai_client.js";

const daemon = await startDaemon();
const client = openAiOf(daemon);

const prompt = { model: "demo", prompt: "A token is", temperature: 0 };

const isRefusal = (type, expected) => (error) => {
  assert(error instanceof type, error);
  assert.partialDeepStrictEqual({ ...error }, expected);
  return true;
};

test("models are listed", async () => {
  const models = await Array.fromAsync(client.models.list());

  const demo = models.find(({ id }) => id === "demo");
  assert.equal(demo.object, "model");
});

test("a model is found by its name", async () => {
  const model = await client.models.retrieve("demo");

  assert.equal(model.id, "demo");
});

test("a model is found by a path, which has slashes in it", async () => {
  const model = await client.models.retrieve(endlessModel);

  assert.equal(model.id, endlessModel);
});

test("a text is completed", async () => {
  const answer = await client.completions.create({ ...prompt, max_tokens: 4 });

  assert.equal(answer.object, "text_completion");
  assert.equal(answer.choices[0].finish_reason, "length");
  assert.equal(answer.usage.completion_tokens, 4);
});

test("a stream completes a text with the same", async () => {
  const whole = await client.completions.create(prompt);

  const chunks = await Array.fromAsync(
    await client.completions.create({ ...prompt, stream: true }),
  );

  const text = chunks.map(({ choices }) => choices[0].text).join("");
  assert.equal(text, whole.choices[0].text);
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
});

test("tokens of a completion stand where their text is", async () => {
  const answer = await client.completions.create({ ...prompt, logprobs: 1 });

  const [{ text, logprobs }] = answer.choices;
  assert.equal(logprobs.tokens.join(""), text);
  logprobs.tokens.forEach((token, i) => {
    const offset = logprobs.text_offset[i];
    assert.equal(text.slice(offset, offset + token.length), token);
    assert(logprobs.token_logprobs[i] <= 0);
  });
});

test("texts are embedded, the same in base64 and as numbers", async () => {
  const input = ["a token", "a cache"];

  const usual = await client.embeddings.create({ model: "demo", input });
  const numbers = await client.embeddings.create({
    model: "demo",
    input,
    encoding_format: "float",
  });

  assert.deepEqual(
    usual.data.map(({ index }) => index),
    [0, 1],
  );
  usual.data.forEach(({ embedding }, i) => {
    const length = Math.hypot(...embedding);
    assert(Math.abs(length - 1) < 1e-4, `its length is ${length}`);
    assert.deepEqual(
      Array.from(embedding),
      numbers.data[i].embedding.map(Math.fround),
    );
  });
  assert.notDeepEqual(usual.data[0].embedding, usual.data[1].embedding);
  assert(usual.usage.prompt_tokens > 0);
});

test("a model that is not there is not found", async () => {
  const isNotFound = isRefusal(OpenAI.NotFoundError, {
    status: 404,
    code: "model_not_found",
    type: "invalid_request_error",
  });

  await assert.rejects(client.models.retrieve("no-such-model"), isNotFound);
  const asked = { ...prompt, model: "no-such-model" };
  await assert.rejects(client.completions.create(asked), isNotFound);
  await assert.rejects(
    client.completions.create({ ...asked, stream: true }),
    isNotFound,
  );
});

test("a wrong field is named", async () => {
  const wrong = { temperature: 900, n: 2, echo: true, stop: [1] };

  for (const [param, value] of Object.entries(wrong)) {
    await assert.rejects(
      client.completions.create({ ...prompt, [param]: value }),
      isRefusal(OpenAI.BadRequestError, { status: 400, param }),
    );
  }
});

test("what is not served is not found", async () => {
  await assert.rejects(
    client.images.generate({ prompt: "a token" }),
    OpenAI.NotFoundError,
  );
});

test("leaving a completion that is not streamed ends it", async () => {
  await daemon.cancelsOne(endlessModel, async () => {
    const leaving = new AbortController();
    const answer = client.completions.create(
      { model: endlessModel, prompt: "word" },
      { signal: leaving.signal },
    );
    await daemon.untilGenerating(endlessModel);
    leaving.abort();
    await assert.rejects(answer, OpenAI.APIUserAbortError);
  });
});
