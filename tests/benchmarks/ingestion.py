"""Ingestion end to end beside the bare embedder and beside onnxruntime, on the same chunks."""

import statistics

import numpy as np

import bare
import service
import texts
from report import Aim, Section, Table
from setting import say

THREADS = 2

MEASURED = """\
{chunks} chunks of {tokens:.0f} tokens on average (generated Markdown, cut by the default
strategy), {threads} threads each, in turn for {rounds} rounds; the median, and the range in
brackets.

- **Ingestion**: a folder's ingestion job through the API, from the request to COMPLETE: reading,
  extraction, chunking, embedding, indexing, the catalog.
- **Bare embedder**: `models::LocalModel` on the chunks that ingestion's own functions give for the
  same files, as many calls at once as ingestion makes; tokenising is part of it.
- **onnxruntime**: its Python package on the ONNX graph that Outcrop made, batches of 32 sorted by
  length, mean pooling; tokens were made before.

The aims compare within each round, and take the median of the rounds. The cosine is the least of
32 chunks between the vectors of the bare embedder and onnxruntime's."""

KINDS = ("ingestion", "bare", "onnxruntime")


def run(setting):
    folder = setting.folder("long")
    texts.long_documents(folder, setting.of(1000, 100))
    rounds = setting.of(3, 1)
    config = "[models.local]\nprecision = '{}'\nthreads = " + str(THREADS)
    table = Table(["Precision", "Ingestion, chunks/s", "Bare embedder", "onnxruntime", "Cosine"])
    aims, figures = [], {}
    for precision in ("fp32", "int8"):
        directory = setting.scratch / f"ingestion-{precision}"
        server = service.start(setting, directory, config.format(precision))
        try:
            file, chunks = bare.chunks(setting, folder)
            warm_up(setting, server)
            rates, tokens, cosine = measure(setting, server, folder, file, precision, rounds)
        finally:
            server.stop()
        median = {kind: statistics.median(rates[kind]) for kind in KINDS}
        shown = [f"{median[kind]:.1f} ({span(rates[kind])})" for kind in KINDS]
        table.rows.append([precision, *shown, f"{cosine:.5f}"])
        whole, bare_one = ratio(rates, "ingestion", "bare"), ratio(rates, "bare", "onnxruntime")
        aims += [
            Aim(f"ingestion beside the bare embedder, {precision},", whole, 0.9),
            Aim(f"the bare embedder beside onnxruntime, {precision},", bare_one, 0.95),
        ]
        figures[precision] = {"chunks_per_second": rates, "median": median, "cosine": cosine}
    measured = MEASURED.format(
        chunks=len(chunks), tokens=tokens / len(chunks), threads=THREADS, rounds=rounds
    )
    return Section("Ingestion", measured, [table], aims, figures)


def warm_up(setting, server):
    """What only a first job does, as making the index's first files."""
    folder = setting.folder(f"warm-up-{server.data_dir.name}")
    texts.short_documents(folder, 20)
    source = service.over_folder(server, folder)
    service.sync(server, source)
    service.remove(server, source)


def measure(setting, server, folder, file, precision, rounds):
    """The chunks per second of each kind in each round; each round begins with another kind."""
    rates = {kind: [] for kind in KINDS}

    def ingest():
        source = service.over_folder(server, folder)
        seconds = service.sync(server, source)
        count = service.chunks(server, source)
        service.remove(server, source)
        return {"chunks": count, "seconds": seconds}

    ways = {
        "ingestion": ingest,
        "bare": lambda: bare.embed(setting, file, precision, THREADS),
        "onnxruntime": lambda: bare.onnxruntime(setting, file, precision, THREADS),
    }
    for number in range(rounds):
        done = {}
        for turn in range(len(KINDS)):
            kind = KINDS[(number + turn) % len(KINDS)]
            done[kind] = ways[kind]()
            rates[kind].append(done[kind]["chunks"] / done[kind]["seconds"])
            say(f"{precision}, {kind}: {rates[kind][-1]:.1f} chunks/s")
        same = {done[kind]["chunks"] for kind in KINDS}
        assert len(same) == 1, f"not the same chunks: {done}"
    tokens = done["bare"]["tokens"]
    assert tokens == done["onnxruntime"]["tokens"], "not the same tokens"
    cosines = np.sum(
        np.array(done["bare"]["sample"]) * np.array(done["onnxruntime"]["sample"]), axis=1
    )
    return rates, tokens, float(cosines.min())


def ratio(rates, one, other):
    """The median over the rounds of one kind's rate beside another's."""
    return statistics.median(a / b for a, b in zip(rates[one], rates[other], strict=True))


def span(rates):
    return f"{min(rates):.1f}–{max(rates):.1f}"
