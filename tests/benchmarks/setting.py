"""Where a run takes place: folders, data, scale; and the machine that it runs on."""

import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]


class Skipped(Exception):
    """A section cannot run here; the message says what is missing."""


class Setting:
    """What all sections of a run share."""

    def __init__(self, quick):
        self.quick = quick
        self.target = Path(os.environ["CARGO_TARGET_DIR"])
        self.kept = self.target / "benchmarks"
        self.scratch = self.kept / "scratch"
        self.models = self.scratch / "models"
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.models.mkdir(parents=True)

    def of(self, whole, small):
        """The scale: one figure for a true run, another for a quick one."""
        return small if self.quick else whole

    def data(self, path):
        """A folder or file of the evaluation data."""
        data = os.environ.get("OUTCROP_DATA")
        if not data:
            raise Skipped("OUTCROP_DATA is not set")
        found = Path(data) / path
        if not found.exists():
            raise Skipped(f"OUTCROP_DATA has no {path}")
        return found

    def folder(self, name):
        """A new folder that is gone after the run."""
        folder = self.scratch / name
        folder.mkdir(parents=True)
        return folder


def say(line):
    """Tells the user what goes on."""
    print(f"   {time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


class OtherWork:
    """How many processors others keep busy on this machine, from now on."""

    def __init__(self):
        self.began = time.monotonic()
        self.before = self._seconds()

    def processors(self):
        """Their number on average; to be asked when all of our processes have ended."""
        return (self._seconds() - self.before) / (time.monotonic() - self.began)

    def _seconds(self):
        times = psutil.cpu_times()
        # Time of guests is counted as the user's too.
        idle = ("idle", "iowait", "guest", "guest_nice")
        busy = sum(times) - sum(getattr(times, name, 0) for name in idle)
        own = os.times()
        return busy - own.user - own.system - own.children_user - own.children_system


def machine():
    """The machine in a line."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{_processor()}, {os.cpu_count()} processors, {memory:.0f} GiB, {platform.system()}"


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def version():
    """The commit that is measured, marked where the work tree differs from it."""
    command = ["git", "describe", "--always", "--dirty=, changed since", "--exclude=*"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"
