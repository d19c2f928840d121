"""The memory of a process: how much it has, and the most that it had in a phase."""

import threading

import psutil

PAUSE_SECONDS = 0.02


def resident(pid):
    """The resident memory of a process in MB."""
    return psutil.Process(pid).memory_info().rss / 1e6


class Peak:
    """The most resident memory of a process between entering and leaving, in MB."""

    def __init__(self, pid):
        self.pid = pid
        self.megabytes = resident(pid)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _watch(self):
        while not self.over.wait(PAUSE_SECONDS):
            try:
                self.megabytes = max(self.megabytes, resident(self.pid))
            except psutil.NoSuchProcess:
                return
