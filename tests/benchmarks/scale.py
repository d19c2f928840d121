"""Memory and the time of questions at two sizes of a knowledge base, and while a graph is built."""

import statistics

import bare
import memory
import service
import texts
from report import Aim, Section, Table
from setting import say

FLAT = "[vectors.embedded]\noptimise_at = 1000000000\n"
GRAPH = "log = 'info'\n[vectors.embedded]\noptimise_at = {}\n"
CLIENTS = (1, 16)
COLUMNS = {"p50": "p50_ms", "p95": "p95_ms", "p99": "p99_ms", "per second": "per_second"}

MEASURED = """\
Generated notes of one chunk each ({tokens:.0f} tokens on average), the local model in fp32. First a
question is compared with all chunks, then it is led through a graph (HNSW). The server builds one
by itself from 20,000 chunks on; here `vectors.embedded.optimise_at` keeps the two apart.

**Memory**: the most resident memory of the server's process, in MB, looked at 50 times a second.

**Questions**: the time from request to answer, in ms, of generated questions of some twelve
tokens; each client asks one after another for {seconds} s. Over HTTP a compiled client asks
`Retrieve` for 5 results, on the same machine; in process, the same model embeds the same questions
and the same index is searched, without HTTP, catalog or server. The two take turns for {rounds}
rounds; the medians."""


class Scale:
    """The run of this section."""

    def __init__(self, setting):
        self.setting = setting
        self.directory = setting.scratch / "scale"
        self.questions = texts.questions(setting.scratch / "questions.txt", 500)
        self.seconds = setting.of(5, 1)
        self.rounds = setting.of(2, 1)
        self.sources = {}
        self.peaks = {}
        self.latencies = {}

    def peak(self, phase, megabytes):
        """Notes the memory of a phase, the most where it comes again."""
        say(f"{phase}: {megabytes:.0f} MB")
        self.peaks[phase] = max(megabytes, self.peaks.get(phase, 0))

    def fill(self, count):
        """Ingests so many chunks into a knowledge base of their own, in a new process."""
        folder = self.setting.folder(f"notes-{count}")
        texts.short_documents(folder, count)
        server = service.start(self.setting, self.directory, FLAT)
        try:
            self.peak("the server at rest", memory.resident(server.process.pid))
            source = service.over_folder(server, folder)
            with memory.Peak(server.process.pid) as peak:
                seconds = service.sync(server, source)
            assert service.chunks(server, source) == count
        finally:
            server.stop()
        say(f"{count / seconds:.0f} chunks/s")
        self.peak(f"ingestion of {count} chunks", peak.megabytes)
        self.sources[count] = source
        return folder

    def build_graph(self, count):
        """Has the server build a graph."""
        server = service.start(self.setting, self.directory, GRAPH.format(count))
        try:
            with memory.Peak(server.process.pid) as peak:
                # The first question opens the index, which finds that a graph is due.
                service.retrieve(server, self.sources[count], "anything", 1)
                built = server.wait_for_line("optimise ended", 0, 1800)
            assert built, server.log()
        finally:
            server.stop()
        self.peak(f"the graph of {count} chunks is built", peak.megabytes)

    def compare(self, counts, note):
        """Asks over HTTP and in process, in turn: only one can hold the directory."""
        pairs = [(count, clients) for count in counts for clients in CLIENTS]
        over_http = {pair: [] for pair in pairs}
        in_process = {pair: [] for pair in pairs}
        for _ in range(self.rounds):
            server = service.start(self.setting, self.directory, FLAT)
            try:
                for count, clients in pairs:
                    latency = self.ask(server, count, clients, note)
                    over_http[count, clients].append(latency)
            finally:
                server.stop()
            for count, clients in pairs:
                latency = bare.search(
                    self.setting, self.directory, self.sources[count], *self.load(clients)
                )
                in_process[count, clients].append(latency)
        for count, clients in pairs:
            self.latencies[f"{count}{note}, {clients}"] = {
                "HTTP": median(over_http[count, clients]),
                "in process": median(in_process[count, clients]),
            }

    def ask(self, server, count, clients, note):
        with memory.Peak(server.process.pid) as peak:
            latency = bare.retrieve(
                self.setting, server, self.sources[count], *self.load(clients)
            )
        if clients == CLIENTS[-1]:
            self.peak(f"{clients} clients ask {count} chunks{note}", peak.megabytes)
        return latency

    def load(self, clients):
        return self.questions, clients, self.seconds


def median(latencies):
    """Of each figure the median of some runs."""
    return {
        member: statistics.median(latency[member] for latency in latencies)
        for member in COLUMNS.values()
    }


def run(setting):
    counts = _, large = setting.of((2_000, 20_000), (100, 500))
    scale = Scale(setting)
    notes = [scale.fill(count) for count in counts][0]
    scale.compare(counts, "")
    scale.build_graph(large)
    scale.compare([large], " with a graph")

    file, _ = bare.chunks(setting, notes)
    embedded = bare.embed(setting, file, "fp32", 2)
    measured = MEASURED.format(
        tokens=embedded["tokens"] / embedded["chunks"],
        seconds=scale.seconds,
        rounds=scale.rounds,
    )
    peaks = [[phase, f"{megabytes:.0f}"] for phase, megabytes in scale.peaks.items()]
    latencies = [
        [label, way, *(latency[member] for member in COLUMNS.values())]
        for label, both in scale.latencies.items()
        for way, latency in both.items()
    ]
    ingesting = scale.peaks[f"ingestion of {large} chunks"]
    return Section(
        "Memory and questions",
        measured,
        [
            Table(["While", "Peak, MB"], peaks),
            Table(["Chunks, clients", "Way", *COLUMNS], latencies),
        ],
        [Aim(f"the peak in MB while {large} chunks are ingested", ingesting, at_most=600)],
        {"peak_mb": scale.peaks, "latency": scale.latencies},
    )
