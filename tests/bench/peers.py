#!/usr/bin/env python3
"""hwledgerd beside llama-server and llama-bench, in one run.

  peers.py --models tiny 135m --json peers.json
  peers.py --models 135m --busy 1         # beside a process that computes

Build the targets hwledgerd, hwledger-runner and stream_load of the preset
release first, and run it where nothing else runs. All peers get the
same model, slots, threads and settings; each round measures every peer in turn,
so that what disturbs one disturbs all; figures are medians over the rounds.
Prints a table and charts in Markdown.
"""

import argparse
import contextlib
import json
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import grpc

import peers_report
import processes
import random_model

PROMPT_WORDS = 32
SEQUENCE_LENGTH = 512
START_SECONDS_MAX = 120
SERVING = b"\x08\x01"  # grpc.health.v1.HealthCheckResponse, as it is sent.


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until(is_true, server):
    deadline = time.monotonic() + START_SECONDS_MAX
    while not is_true():
        server.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{server.process.args[0]} does not answer")
        time.sleep(0.002)


class Hwledger:
    """The daemon over gRPC; the first request loads the model."""

    name = "hwledger"

    def __init__(self, binaries, folder):
        self.binaries = binaries
        self.socket_path = f"{folder}/hwledgerd.sock"
        self.address = f"unix:{self.socket_path}"
        self.http_address = f"127.0.0.1:{free_port()}"
        self.environment = {
            "HWLEDGER_GRPC_ADDRESS": "",
            "HWLEDGER_HTTP_ADDRESS": self.http_address,
            "HWLEDGER_SOCKET_PATH": self.socket_path,
            "HWLEDGER_LEDGER_PATH": f"{folder}/ledger.db",
            "XDG_CONFIG_HOME": str(folder),
        }

    def start(self):
        return processes.Server([self.binaries / "hwledgerd"], self.environment)

    def listens(self):
        with socket.socket(socket.AF_UNIX) as one:
            return one.connect_ex(self.socket_path) == 0

    def wait_until_serving(self, server):
        # gRPC waits a second before it tries again.
        wait_until(self.listens, server)
        with grpc.insecure_channel(self.address) as channel:
            check = channel.unary_unary("/grpc.health.v1.Health/Check",
                                        request_serializer=bytes,
                                        response_deserializer=bytes)

            def serves():
                try:
                    return check(b"", timeout=1, wait_for_ready=True) == SERVING
                except grpc.RpcError:
                    return False

            wait_until(serves, server)


class HwledgerSse:
    """The same daemon over HTTP, with OpenAI's API and server-sent events."""

    name = "hwledger-sse"

    def __init__(self, daemon):
        self.address = daemon.http_address


class LlamaServer:
    name = "llama-server"

    def __init__(self, model, options):
        self.address = f"127.0.0.1:{free_port()}"
        self.command = [
            "llama-server", "--model", model, "--port",
            self.address.split(":")[1], "--parallel", str(options.slots),
            "--ctx-size", str(SEQUENCE_LENGTH * options.slots), "--kv-unified",
            "--threads", str(options.threads), "--offline",
        ]

    def start(self):
        return processes.Server(self.command)

    def wait_until_serving(self, server):
        def serves():
            try:
                url = f"http://{self.address}/health"
                return urllib.request.urlopen(url, timeout=1).status == 200
            except OSError:
                return False

        wait_until(serves, server)


def measure(peer, server, model, streams, options, prompts_of):
    before = processes.cpu_seconds(server.process.pid)
    ran = subprocess.run(
        [options.binaries / "stream_load", peer.name, peer.address, "--model",
         model, "--streams", str(streams), "--tokens", str(options.tokens),
         "--prompt-words", str(PROMPT_WORDS), "--round", str(prompts_of),
         "--slots", str(options.slots), "--sequence-length",
         str(SEQUENCE_LENGTH), "--threads", str(options.threads)],
        check=True, stdout=subprocess.PIPE)
    figures = json.loads(ran.stdout)
    used = processes.cpu_seconds(server.process.pid) - before
    figures["cpu_us_per_token"] = used * 1e6 / figures["tokens"]
    return figures


def medians(rounds):
    return {name: statistics.median(one[name] for one in rounds)
            for name in rounds[0]}


def bench_engine(model, options):
    """llama-bench: the engine alone, one sequence after a prompt, no server."""
    ran = subprocess.run(
        ["llama-bench", "--model", model, "--n-prompt", "0",
         "--n-depth", str(PROMPT_WORDS), "--n-gen", str(options.tokens),
         "--repetitions", "1", "--threads", str(options.threads),
         "--output", "json"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    test, = json.loads(ran.stdout)
    return {"decode_p50_per_second": test["avg_ts"]}


def bench_model(name, model, options):
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        ours = Hwledger(options.binaries, folder)
        theirs = LlamaServer(model, options)
        servers = {}
        for peer in (ours, theirs):
            servers[peer] = stack.enter_context(peer.start())
            peer.wait_until_serving(servers[peer])
        # In turn; the model is loaded by the first.
        peers = {ours: servers[ours], HwledgerSse(ours): servers[ours],
                 theirs: servers[theirs]}
        rows = []
        for streams in options.streams:
            found = {peer.name: [] for peer in peers}
            if streams == 1:
                found["llama-bench"] = []
            for round_number in range(options.rounds + 1):
                for turn, (peer, server) in enumerate(peers.items()):
                    figures = measure(peer, server, model, streams, options,
                                      round_number * len(peers) + turn)
                    if round_number > 0:  # The first one loads and warms up.
                        found[peer.name].append(figures)
                if streams == 1 and round_number > 0:
                    found["llama-bench"].append(bench_engine(model, options))
            rows += [{"model": name, "streams": streams, "peer": peer,
                      **medians(rounds)} for peer, rounds in found.items()]
    return rows


def bench_daemon(options):
    """How long the daemon takes to serve, and what it holds when idle."""
    starts = []
    residents = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            daemon = Hwledger(options.binaries, folder)
            begin = time.monotonic()
            with daemon.start() as server:
                daemon.wait_until_serving(server)
                starts.append((time.monotonic() - begin) * 1000)
                time.sleep(1)  # For what it does after its start.
                residents.append(
                    processes.resident_kib(server.process.pid) / 1024)
    return {"cold_start_ms": statistics.median(starts),
            "idle_resident_mib": statistics.median(residents)}


def versions(binaries):
    def first_line(command):
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
        lines = ran.stdout.splitlines()
        line = next((line for line in lines if line.startswith("version")),
                    lines[0])
        return line.removeprefix("version: ")

    return (f"hwledgerd {first_line([binaries / 'hwledgerd', '--version'])}, "
            f"llama-server {first_line(['llama-server', '--version'])}")


def model_file(name, cache):
    path = cache / f"{name}.gguf"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        random_model.write_model(name, str(part))
        part.rename(path)
    return str(path.resolve())


def parse_arguments():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", choices=random_model.SHAPES,
                        default=list(random_model.SHAPES))
    parser.add_argument("--streams", nargs="+", type=int,
                        default=[1, 4, 8, 32])
    parser.add_argument("--slots", type=int, help="default: most of --streams")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--busy", type=int, default=0,
                        help="other processes that compute meanwhile")
    parser.add_argument("--cache", type=pathlib.Path,
                        default=root / "build" / "bench-models",
                        help="where the random models are kept")
    parser.add_argument("--binaries", type=pathlib.Path,
                        default=root / "build" / "release" / "bin")
    parser.add_argument("--json", type=pathlib.Path,
                        help="where to write all figures")
    options = parser.parse_args()
    options.binaries = options.binaries.resolve()
    options.slots = options.slots or max(options.streams)
    return options


def main():
    options = parse_arguments()
    files = {name: model_file(name, options.cache) for name in options.models}
    before = processes.load_average()
    daemon = bench_daemon(options)
    rows = []
    with contextlib.ExitStack() as busy:
        for _ in range(options.busy):
            busy.enter_context(
                processes.Server([sys.executable, "-c", "while True: pass"]))
        for name, path in files.items():
            rows += bench_model(name, path, options)
    result = {
        "machine": processes.machine(),
        "versions": versions(options.binaries),
        "command": " ".join(["tests/bench/peers.py", *sys.argv[1:]]),
        "load_average_before": before,
        "load_average_after": processes.load_average(),
        "slots": options.slots,
        "threads": options.threads,
        "rounds": options.rounds,
        "busy": options.busy,
        "daemon": daemon,
        "rows": rows,
    }
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    print(peers_report.markdown(result))


if __name__ == "__main__":
    main()
