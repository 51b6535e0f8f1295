// The openai package: chats, and what can be asked of their texts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { endlessModel, startDaemon } from "./daemon.js";
import { openAiOf } from "./openai_client.js";

const daemon = await startDaemon();
const { completions } = openAiOf(daemon).chat;

const question = {
  model: "demo",
  temperature: 0,
  messages: [{ role: "user", content: "What is a token?" }],
};

async function chunksOf(body) {
  const stream = await completions.create({ ...body, stream: true });
  return Array.fromAsync(stream);
}

test("a chat is answered, with its usage", async () => {
  const answer = await completions.create(question);

  assert.equal(answer.object, "chat.completion");
  assert.equal(answer.model, "demo");
  const [choice] = answer.choices;
  assert.equal(choice.message.role, "assistant");
  assert.match(choice.message.content, /token/i);
  assert.equal(choice.finish_reason, "stop");
  const { prompt_tokens, completion_tokens, total_tokens } = answer.usage;
  assert(prompt_tokens > 0 && completion_tokens > 0);
  assert.equal(total_tokens, prompt_tokens + completion_tokens);
});

test("a stream says the same piece by piece", async () => {
  const whole = await completions.create(question);

  const chunks = await chunksOf(question);

  const text = chunks.map(({ choices }) => choices[0].delta.content ?? "");
  assert.equal(text.join(""), whole.choices[0].message.content);
  assert.equal(chunks[0].choices[0].delta.role, "assistant");
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
  assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
});

test("the package's own collector puts a stream together", async () => {
  const whole = await completions.create(question);

  const collected = await completions.stream(question).finalChatCompletion();

  assert.equal(
    collected.choices[0].message.content,
    whole.choices[0].message.content,
  );
});

test("a stream's usage comes last, where it is asked for", async () => {
  const whole = await completions.create(question);

  const chunks = await chunksOf({
    ...question,
    stream_options: { include_usage: true },
  });

  const last = chunks.pop();
  assert.deepEqual(last.choices, []);
  assert.equal(last.usage.completion_tokens, whole.usage.completion_tokens);
  assert(chunks.every(({ usage }) => usage === null));
});

test("a text ends before a stop string", async () => {
  const whole = (await completions.create(question)).choices[0].message.content;
  const stop = whole.split(" ")[3];

  const [choice] = (await completions.create({ ...question, stop })).choices;

  assert.equal(choice.message.content, whole.slice(0, whole.indexOf(stop)));
  assert.equal(choice.finish_reason, "stop");
});

test("a text ends after so many tokens", async () => {
  const answer = await completions.create({
    ...question,
    max_completion_tokens: 3,
  });

  assert.equal(answer.usage.completion_tokens, 3);
  assert.equal(answer.choices[0].finish_reason, "length");
});

test("the same seed says the same, another one something else", async () => {
  const say = async (seed) => {
    const answer = await completions.create({
      model: endlessModel,
      messages: question.messages,
      max_tokens: 16,
      seed,
    });
    return answer.choices[0].message.content;
  };

  const first = await say(1);

  assert.equal(await say(1), first);
  assert.notEqual(await say(2), first);
});

test("each token comes with how likely it was", async () => {
  const answer = await completions.create({
    ...question,
    logprobs: true,
    top_logprobs: 2,
  });

  const tokens = answer.choices[0].logprobs.content;
  assert.equal(
    tokens.map(({ token }) => token).join(""),
    answer.choices[0].message.content,
  );
  for (const { token, logprob, top_logprobs } of tokens) {
    assert(logprob <= 0);
    assert.equal(top_logprobs.length, 2);
    // Temperature 0 takes the likeliest.
    assert.equal(top_logprobs[0].token, token);
    assert(top_logprobs[1].logprob <= logprob);
  }
});

test("leaving a stream ends its generation", async () => {
  await daemon.cancelsOne(endlessModel, async () => {
    const stream = await completions.create({
      model: endlessModel,
      messages: question.messages,
      stream: true,
    });
    for await (const { choices } of stream) {
      assert.equal(choices[0].finish_reason, null);
      break;
    }
    stream.controller.abort();
  });
});
