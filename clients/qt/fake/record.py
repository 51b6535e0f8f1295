"""record.py PROGRAMS HOME: writes script.json, what a real daemon answers.

PROGRAMS is the folder of hwledgerd; HOME a folder with models where LM Studio
and others keep them, which tests/bench/catalogue_model and
with_vocabulary.py make. In the paths of
the recording HOME is /home/you.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[2]
DEVICES = ({}, {"devices": [{"name": "rtx-4090"}]})
VARIATIONS = ({}, {"quantization": "Q4_K_M"}, {"batchSize": 8},
              {"kvCacheTypeK": "q8_0", "kvCacheTypeV": "q8_0"})
PLANNED = {"demo": 512, "gemma-3-4b": 131072, "llama-3.1-8b": 131072}


class Daemon:
    def __init__(self, programs, home, folder):
        self.socket = folder / "socket"
        demo = home / "demo.gguf"
        demo.write_bytes((ROOT / "deploy/demo.gguf").read_bytes())
        self.process = subprocess.Popen(
            [programs / "hwledgerd", "--grpc-address=", "--http-address=",
             "--socket-path", self.socket, "--ledger-path", folder / "ledger.db",
             "--demo-path", demo], env={**os.environ, "HOME": str(home)})
        while not self.socket.exists():
            time.sleep(0.1)
        self.home = home

    def ask(self, method, request=None, seconds=None):
        """The answers, as many as come within `seconds`."""
        text = json.dumps(request or {}).replace("/home/you", str(self.home))
        curl = subprocess.Popen(
            ["buf", "curl", "--unix-socket", self.socket, "--protocol", "grpc",
             "--http2-prior-knowledge", "--schema", ROOT / "proto",
             "--data", text,
             f"http://localhost/hwledger.v1.{method}"],
            stdout=subprocess.PIPE, text=True)
        try:
            text, _ = curl.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            curl.send_signal(signal.SIGINT)
            text, _ = curl.communicate()
        text = text.replace(str(self.home), "/home/you")
        answers, decoder = [], json.JSONDecoder()
        while text.strip():
            answer, end = decoder.raw_decode(text.lstrip())
            answers.append(answer)
            text = text.lstrip()[end:]
        return answers

    def stop(self):
        self.process.terminate()
        self.process.wait()


def configurations(models):
    """The requests that are planned: every power of two of the context, and
    some of what else can be asked."""
    for model, longest in models.items():
        for devices in DEVICES:
            for variation in VARIATIONS:
                known = model in PLANNED
                if not known and (devices or variation):
                    continue
                context = longest
                while context >= min(512, longest // 4):
                    yield {"modelId": model, "sequenceLength": context,
                           "includeLayers": True, **devices, **variation}
                    context //= 2 if known and not variation else 16


def chat(model, question):
    return {"modelId": model, "maxTokens": 200, "sampling": {"temperature": 0},
            "chat": {"messages": [{"role": "user", "content": question}]}}


def record(daemon):
    ask = daemon.ask
    script = {}
    listed = ask("ModelLibrary/ListModels")[0]["models"]
    models = [m["modelId"] for m in listed
              if m["modelId"] in PLANNED
              or m["source"] != "MODEL_SOURCE_CATALOGUE"]
    script["models"] = [ask("ModelLibrary/GetModel", {"modelId": m})[0]["model"]
                        for m in models]
    lengths = {m["modelId"]: int(m["maxSequenceLength"])
               for m in script["models"]}
    script["predictions"] = [
        {"request": request, "prediction": prediction}
        for request in configurations({**lengths, **PLANNED})
        for prediction in ask("Planner/EstimateVram", request)]
    script["loads"] = []
    for length in (256, 1024, 4096, 512):
        for model in models:
            options = {"modelId": model, "options": {"sequenceLength": length}}
            if length > 512 and model == "demo":
                continue
            events = ask("ModelLibrary/LoadModel", options)
            if not events:  # One that can be planned only.
                continue
            if length == 512:
                script["loads"].append({"modelId": model, "events": events})
            if model == "demo":
                generation = ask("InferenceRunner/RunInference",
                                 chat(model, "What is a KV cache?"))
                script["generation"] = generation
            ask("ModelLibrary/UnloadModel", {"modelId": model})
    script["devices"] = ask("Hardware/ListDevices")[0]
    presets = ask("Hardware/ListDevicePresets")[0]["presets"]
    script["presets"] = [p for p in presets
                         if {"name": p["name"]} in DEVICES[1]["devices"]]
    script["watch"] = ask("Hardware/WatchDevices", {"intervalMs": 500}, 12)
    time.sleep(2)  # Generations are written a moment after their end.
    script["entries"] = ask("Ledger/ListEntries")[0]["entries"]
    script["accuracy"] = ask("Ledger/SummarizeAccuracy")[0]
    script["generations"] = ask("Ledger/ListGenerations")[0]["generations"]
    return script


def write(script, path):
    """One element of a list a line, so that changes can be read."""
    def compact(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    parts = []
    for key, value in sorted(script.items()):
        if isinstance(value, list):
            lines = ",\n".join(compact(element) for element in value)
            parts.append(f'"{key}":[\n{lines}]')
        else:
            parts.append(f'"{key}":{compact(value)}')
    path.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def main():
    programs, home = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(programs, home, pathlib.Path(folder))
        try:
            script = record(daemon)
        finally:
            daemon.stop()
    write(script, FOLDER / "script.json")


main()
