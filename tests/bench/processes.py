"""What Linux tells about processes: their memory and the time they computed."""

import os
import pathlib
import subprocess

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def tree(process_id):
    """The process and all that descend from it."""
    found = [process_id]
    for task in pathlib.Path(f"/proc/{process_id}/task").glob("*/children"):
        for child in task.read_text().split():
            found += tree(int(child))
    return found


def cpu_seconds(process_id):
    """User and system time of a process and its descendants that live."""
    total = 0
    for one in tree(process_id):
        # After the name, which is in brackets and may hold anything.
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")")[-1]
        user, system = fields.split()[11:13]
        total += int(user) + int(system)
    return total / TICKS_PER_SECOND


def resident_kib(process_id):
    for line in pathlib.Path(f"/proc/{process_id}/status").open():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ValueError(f"no VmRSS of process {process_id}")


def load_average():
    return os.getloadavg()[0]


def machine():
    """The processors' name, how many there are, and the system."""
    name = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").open():
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
            break
    memory = pathlib.Path("/proc/meminfo").read_text().split()[1]
    return (f"{name}, {os.cpu_count()} CPUs, {int(memory) // 2**20} GiB, "
            f"Linux {os.uname().release}")


class Server:
    """A program that runs until the end of a with statement."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def check(self):
        if self.process.poll() is not None:
            raise RuntimeError(
                f"{self.process.args[0]} ended with {self.process.returncode}")
