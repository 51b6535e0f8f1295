// What Prometheus reads. promtool is its own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { before, test } from "node:test";
import parse from "parse-prometheus-text-format";
import { endlessModel, startDaemon } from "./daemon.js";

const daemon = await startDaemon();
let text;
let families;

const post = (path, body) =>
  fetch(daemon.url + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).then((answer) => answer.text());

// Something to count: two models, an embedding, a refusal, an error.
before(async () => {
  const prompt = { prompt: "A token is", max_tokens: 8 };
  for (const model of ["demo", endlessModel, "no-such-model"]) {
    await post("/v1/completions", { model, ...prompt });
  }
  await post("/v1/completions", { model: "demo", ...prompt, temperature: -1 });
  await post("/v1/embeddings", { model: "demo", input: "a token" });
  const answer = await fetch(`${daemon.url}/metrics`);
  assert.match(answer.headers.get("content-type"), /^text\/plain; version=0/);
  text = await answer.text();
  families = parse(text);
});

test("promtool finds nothing to say", () => {
  const promtool = spawnSync("promtool", ["check", "metrics"], {
    input: text,
    encoding: "utf8",
  });

  assert.equal(promtool.status, 0, promtool.stdout + promtool.stderr);
});

test("each family has one HELP and one TYPE", () => {
  const heads = (word) => {
    const pattern = RegExp(`^# ${word} (\\S+) \\S`, "gm");
    return Array.from(text.matchAll(pattern), ([, name]) => name);
  };
  const names = families.map(({ name }) => name);

  assert(names.length > 10);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(heads("HELP"), names);
  assert.deepEqual(heads("TYPE"), names);
});

test("each series stands once, with a number", () => {
  const samples = text.split("\n").filter((line) => line && line[0] !== "#");
  const series = samples.map((line) => line.slice(0, line.lastIndexOf(" ")));
  const values = samples.map((line) => line.slice(line.lastIndexOf(" ") + 1));

  assert.equal(new Set(series).size, series.length);
  for (const value of values) assert.match(value, /^[0-9.]+(e[+-]?[0-9]+)?$/);
});

test("names say what is counted", () => {
  for (const { name, type } of families) {
    assert.match(name, /^hwledger_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "COUNTER", name);
  }
});

test("each model that was asked has its counts", () => {
  const started = families.find(
    ({ name }) => name === "hwledger_generations_started_total",
  );

  const models = started.metrics.map(({ labels }) => labels.model);
  assert.deepEqual(models.toSorted(), [endlessModel, "demo"].toSorted());
});

// By name and labels; the parser forgets the labels of histograms.
const histograms = () => {
  const found = new Map();
  const pattern = /^(\w+)_(bucket|sum|count)\{(.*?)(?:,le="(.*)")?\} (\S+)$/gm;
  for (const [, name, part, labels, bound, value] of text.matchAll(pattern)) {
    const family = families.find((one) => one.name === name);
    if (family?.type !== "HISTOGRAM") continue;
    const key = `${name}{${labels}}`;
    const one = found.get(key) ?? { buckets: [] };
    found.set(key, one);
    if (part !== "bucket") one[part] = Number(value);
    else one.buckets.push([Number(bound.replace("+Inf", "Infinity")), Number(value)]);
  }
  return found;
};

test("a histogram's buckets grow up to its count", () => {
  const found = histograms();

  // Three of each of two models.
  assert.equal(found.size, 6);
  for (const [where, { buckets, count, sum }] of found) {
    assert(buckets.length > 1, where);
    buckets.forEach(([bound, below], i) => {
      assert(!i || bound > buckets[i - 1][0], where);
      assert(!i || below >= buckets[i - 1][1], where);
    });
    assert.deepEqual(buckets.at(-1), [Infinity, count], where);
    assert(sum >= 0, where);
  }
  const key = 'hwledger_time_to_first_token_seconds{model="demo"}';
  assert.equal(found.get(key).count, 1);
});
