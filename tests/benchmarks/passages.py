"""Chunks of judged texts: do passages that answer questions lie in one, and are they found?"""

import json
import math
import re
import subprocess
import sys
from collections import Counter

import bare
import service
from report import Aim, Table

RESULTS = 5
WINDOW = 256
BASELINE_CHARACTERS = 800
NONE = {"chunkingConfiguration": {"chunkingStrategy": "NONE"}}


def table(setting, aims):
    """The figures of Outcrop's default chunks beside those of whole sentences."""
    folder = setting.data("chunking/corpora")
    files = sorted(folder.iterdir())
    lines = setting.data("chunking/questions.jsonl").read_text().splitlines()
    questions = [json.loads(line) for line in lines][: setting.of(None, 20)]
    ours, sentences = default_chunks(setting, files), sentence_chunks(files)
    rows = Table(
        ["Chunks", "number", "whole", "best_iou", "recall@5, BM25", "iou@5", "recall@5, model", "iou@5"]
    )
    figures = {}
    for name, chunks in [("Outcrop, default", ours), ("Whole sentences up to 800", sentences)]:
        alone = score(setting, name, chunks)
        lexical = score(setting, name, chunks, bm25(chunks, questions))
        pushed = folder if chunks is ours else one_file_each(setting, chunks)
        dense = score(setting, name, chunks, found(setting, pushed, chunks, questions))
        rows.rows.append(
            [name, len(chunks), alone["whole"], alone["best_iou"]]
            + [scores[figure] for scores in (lexical, dense) for figure in ("recall@5", "iou@5")]
        )
        figures[name] = (alone, lexical, dense)
    (alone, *mine), (theirs_alone, *theirs) = figures.values()
    aims.append(Aim("whole passages in a chunk", alone["whole"], at_least=theirs_alone["whole"]))
    for kind, one, other in zip(("BM25", "the model"), mine, theirs, strict=True):
        for figure in ("recall@5", "iou@5"):
            aims.append(Aim(f"{figure} by {kind}", one[figure], at_least=other[figure]))
    return rows


def default_chunks(setting, files):
    """Chunks as ingestion makes them, for the default embedding model."""
    tokenizer = f"{bare.model_folder()}/tokenizer.json"
    program = setting.target / "release/examples/chunks"
    command = [program, tokenizer, str(WINDOW), *files]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def sentence_chunks(files):
    """Whole sentences, as many as fit."""
    chunks = []
    for file in files:
        text = file.read_text()
        start = None
        for sentence in re.finditer(r"\S.*?(?:[.!?](?=\s)|(?=\n)|$)", text):
            if start is not None and sentence.end() - start > BASELINE_CHARACTERS:
                chunks.append({"doc": file.stem, "start": start, "end": end, "text": text[start:end]})
                start = None
            start = sentence.start() if start is None else start
            end = sentence.end()
        if start is not None:
            chunks.append({"doc": file.stem, "start": start, "end": end, "text": text[start:end]})
    return chunks


def words(text):
    return re.findall(r"\w+", text.lower())


def bm25(chunks, questions, k1=0.9, b=0.4):
    """The best chunks for each question by a plain BM25."""
    bags = [Counter(words(chunk.get("context", "") + chunk["text"])) for chunk in chunks]
    lengths = [sum(bag.values()) for bag in bags]
    mean = sum(lengths) / len(lengths)
    documents = Counter(word for bag in bags for word in bag)
    for question in questions:
        scores = []
        for number, bag in enumerate(bags):
            score = 0
            for word in set(words(question["question"])) & bag.keys():
                rarity = math.log(1 + (len(bags) - documents[word] + 0.5) / (documents[word] + 0.5))
                norm = k1 * (1 - b + b * lengths[number] / mean)
                score += rarity * bag[word] * (k1 + 1) / (bag[word] + norm)
            scores.append((-score, number))
        best = [chunks[number] for _, number in sorted(scores)[:RESULTS]]
        yield {"id": question["id"], "chunks": best}


def one_file_each(setting, chunks):
    """A folder with a file for each chunk, named by its number."""
    folder = setting.folder("sentences")
    for number, chunk in enumerate(chunks):
        (folder / f"{number}.txt").write_text(chunk["text"])
    return folder


def found(setting, folder, chunks, questions):
    """The best chunks for each question by the default model, from a server."""
    server = service.start(setting, setting.scratch / f"passages-{folder.name}")
    try:
        is_ours = folder.name == "corpora"
        source = service.over_folder(server, folder, None if is_ours else NONE)
        service.sync(server, source)
        for question in questions:
            results = service.retrieve(server, source, question["question"], RESULTS)
            best = []
            for result in results:
                name = result["location"]["customDocumentLocation"]["id"].rpartition("/")[2]
                metadata = result["metadata"]
                if is_ours:
                    start = int(metadata["x-outcrop-span-start"])
                    end = int(metadata["x-outcrop-span-end"])
                    best.append({"doc": name.removesuffix(".md"), "start": start, "end": end})
                else:
                    best.append(chunks[int(name.removesuffix(".txt"))])
            yield {"id": question["id"], "chunks": best}
    finally:
        server.stop()


def score(setting, name, chunks, retrieved=None):
    """What the data's own script makes of chunks."""
    def kept(kind, lines):
        file = setting.scratch / f"{name.split(',')[0]}-{kind}.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return file

    questions = setting.data("chunking/questions.jsonl")
    command = [sys.executable, setting.data("score_chunks.py"), "--questions", questions, "--json"]
    command += ["--chunks", kept("chunks", chunks)]
    if retrieved is not None:
        command += ["--retrieved", kept("retrieved", retrieved), "--k", "5"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)
