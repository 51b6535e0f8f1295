// Connect's own client, over HTTP/1.1, with code generated from the contract.
import assert from "node:assert/strict";
import { subscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { BadRequestSchema } from "#proto/google/rpc/error_details_pb.js";
import { InferenceRunner } from "#proto/hwledger/v1/inference_pb.js";
import { Planner } from "#proto/hwledger/v1/planner_pb.js";
import { endlessModel, startDaemon } from "./daemon.js";

const daemon = await startDaemon();

const clientOf = (service, options) =>
  createClient(
    service,
    createConnectTransport({
      baseUrl: daemon.url,
      httpVersion: "1.1",
      ...options,
    }),
  );

const isError = (code, check = () => {}) => (error) => {
  assert(error instanceof ConnectError, error);
  assert.equal(error.code, code, error.message);
  check(error);
  return true;
};

const question = { modelId: "llama-3.1-8b", sequenceLength: 256 };
const chat = {
  modelId: "demo",
  input: {
    case: "chat",
    value: { messages: [{ role: "user", content: "What is a token?" }] },
  },
  sampling: { temperature: 0 },
};
const endless = {
  modelId: endlessModel,
  input: { case: "prompt", value: "word" },
};

const forms = {
  "protobuf's encoding": { useBinaryFormat: true },
  JSON: { useBinaryFormat: false },
};

for (const [form, options] of Object.entries(forms)) {
  const planner = clientOf(Planner, options);
  const runner = clientOf(InferenceRunner, options);

  test(`a call is answered in ${form}`, async () => {
    const prediction = await planner.estimateVram(question);

    // 32 layers keep a key and a value of 8 heads x 128 elements x 2 bytes.
    assert.equal(prediction.kvCacheBytes, 256n * 32n * 2n * 8n * 128n * 2n);
    assert.equal(
      prediction.totalBytes,
      prediction.weightsBytes +
        prediction.kvCacheBytes +
        prediction.runtimeOverheadBytes,
    );
  });

  test(`a stream comes in ${form}`, async () => {
    const events = await Array.fromAsync(runner.runInference(chat));

    const texts = events.map(({ event }) =>
      event.case === "token" ? event.value.text : "",
    );
    const last = events.at(-1).event;
    assert.equal(last.case, "completion");
    assert.equal(texts.join(""), last.value.fullText);
    assert.match(last.value.fullText, /token/i);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, i) => BigInt(i)),
    );
  });

  test(`an error comes with its details in ${form}`, async () => {
    await assert.rejects(
      planner.estimateVram({ ...question, sequenceLength: -1 }),
      isError(Code.InvalidArgument, (error) => {
        const [{ fieldViolations }] = error.findDetails(BadRequestSchema);
        assert.equal(fieldViolations[0].field, "sequence_length");
        assert.match(fieldViolations[0].description, /-1/);
      }),
    );
  });

  test(`a stream's error comes at its end in ${form}`, async () => {
    await assert.rejects(
      Array.fromAsync(runner.runInference({ ...chat, modelId: "no-such" })),
      isError(Code.NotFound),
    );
  });

  test(`a stream ends at its time in ${form}`, async () => {
    await daemon.cancelsOne(endlessModel, () =>
      assert.rejects(
        Array.fromAsync(runner.runInference(endless, { timeoutMs: 500 })),
        isError(Code.DeadlineExceeded),
      ),
    );
  });

  test(`cancelling a stream ends its generation in ${form}`, async () => {
    await daemon.cancelsOne(endlessModel, async () => {
      const leaving = new AbortController();
      const events = runner.runInference(endless, { signal: leaving.signal });
      await assert.rejects(async () => {
        for await (const { event } of events) {
          if (event.case === "token") leaving.abort();
        }
      }, isError(Code.Canceled));
    });
  });
}

test("a call without side effects may be a GET", async () => {
  const methods = [];
  subscribe("http.client.request.start", ({ request }) =>
    methods.push(request.method),
  );

  const got = await clientOf(Planner, { useHttpGet: true }).estimateVram(
    question,
  );
  const posted = await clientOf(Planner).estimateVram(question);

  assert.deepEqual(methods, ["GET", "POST"]);
  assert.equal(got.totalBytes, posted.totalBytes);
});

test("the daemon keeps the time that the header tells", async () => {
  // Not as timeoutMs: nothing on this side ends the call.
  const runner = clientOf(InferenceRunner);
  const headers = { "Connect-Timeout-Ms": "300" };

  await assert.rejects(
    Array.fromAsync(runner.runInference(endless, { headers })),
    isError(Code.DeadlineExceeded),
  );
});
