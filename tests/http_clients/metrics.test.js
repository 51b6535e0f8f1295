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

test("a histogram's buckets grow up to its count", () => {
  const histograms = families.filter(({ type }) => type === "HISTOGRAM");

  for (const { name, metrics } of histograms) {
    for (const { labels, buckets, count, sum } of metrics) {
      const where = `${name} ${JSON.stringify(labels)}`;
      const { "+Inf": all, ...bounded } = buckets;
      const counts = Object.entries(bounded)
        .toSorted(([one], [other]) => Number(one) - Number(other))
        .map(([, below]) => Number(below));
      assert(counts.length > 1, where);
      counts.push(Number(all));
      counts.forEach((below, i) => assert(!i || below >= counts[i - 1], where));
      assert.equal(all, count, where);
      assert(Number(sum) >= 0, where);
    }
  }
});
