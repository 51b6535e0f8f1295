// The openai package: answers in a form that is asked for, and calls of tools.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import OpenAI from "openai";
import { endlessModel, startDaemon } from "./daemon.js";
import { openAiOf } from "./openai_client.js";

const daemon = await startDaemon();
const { completions } = openAiOf(daemon).chat;

const question = {
  model: endlessModel,
  messages: [{ role: "user", content: "What takes memory?" }],
  max_tokens: 400,
};

// Its token that ends a text: no call follows the first one.
const ending = { logit_bias: { 2: 100 } };

const schema = {
  type: "object",
  properties: {
    part: { enum: ["weights", "cache"] },
    gigabytes: { type: "integer", minimum: 1, maximum: 80 },
    grows: { type: "boolean" },
  },
  required: ["part", "gigabytes", "grows"],
  additionalProperties: false,
};

const tools = [
  { name: "measure", description: "Measures a part.", parameters: schema },
  { name: "wait", parameters: { type: "object", properties: {} } },
].map((tool) => ({ type: "function", function: tool }));

const isValid = new Ajv().compile(schema);

test("an answer is valid by the schema that is asked for", async () => {
  const answer = await completions.parse({
    ...question,
    response_format: {
      type: "json_schema",
      json_schema: { name: "part", strict: true, schema },
    },
  });

  const [{ message, finish_reason }] = answer.choices;
  assert.equal(finish_reason, "stop");
  assert(isValid(message.parsed), message.content);
});

test("a stream is valid by the schema that is asked for", async () => {
  const stream = await completions.create({
    ...question,
    response_format: {
      type: "json_schema",
      json_schema: { name: "part", strict: true, schema },
    },
    stream: true,
  });

  let text = "";
  for await (const { choices } of stream) {
    text += choices[0].delta.content ?? "";
  }
  assert(isValid(JSON.parse(text)), text);
});

test("a tool that must be called is called, as it takes it", async () => {
  const answer = await completions.create({
    ...question,
    ...ending,
    tools,
    tool_choice: { type: "function", function: { name: "measure" } },
  });

  const [{ message, finish_reason }] = answer.choices;
  assert.equal(finish_reason, "tool_calls");
  assert.equal(message.content, null);
  assert.equal(message.tool_calls[0].type, "function");
  assert.equal(message.tool_calls[0].function.name, "measure");
  const { arguments: text } = message.tool_calls[0].function;
  assert(isValid(JSON.parse(text)), text);
});

test("the package's own collector puts a streamed call together", async () => {
  const collected = await completions
    .stream({ ...question, ...ending, tools, tool_choice: "required" })
    .finalChatCompletion();

  const [{ message, finish_reason }] = collected.choices;
  assert.equal(finish_reason, "tool_calls");
  const { name, arguments: text } = message.tool_calls[0].function;
  assert(["measure", "wait"].includes(name));
  if (name === "measure") assert(isValid(JSON.parse(text)), text);
});

test("no tool is called where none may be", async () => {
  const answer = await completions.create({
    ...question,
    max_tokens: 8,
    tools,
    tool_choice: "none",
  });

  assert.equal(answer.choices[0].message.tool_calls, undefined);
  assert.equal(answer.choices[0].finish_reason, "length");
});

test("what a tool said goes back to the model", async () => {
  const ask = {
    ...question,
    ...ending,
    tools,
    tool_choice: { type: "function", function: { name: "measure" } },
  };
  const [{ message }] = (await completions.create(ask)).choices;
  const said = {
    role: "tool",
    tool_call_id: message.tool_calls[0].id,
    content: "It is 1 GB.",
  };

  const answer = await completions.create({
    ...ask,
    messages: [...ask.messages, message, said],
    tool_choice: "none",
    logit_bias: {},
    max_tokens: 4,
  });

  assert.equal(answer.usage.completion_tokens, 4);
});

test("a model without a place for tools refuses them", async () => {
  await assert.rejects(
    completions.create({ ...question, model: "demo", tools }),
    (error) =>
      error instanceof OpenAI.BadRequestError &&
      error.message.includes("no place for tools"),
  );
});
