"""The bare parts, measured by the Rust example `baseline` and by onnxruntime."""

import json
import subprocess
import sys
from pathlib import Path

from server import environment


def chunks(setting, folder):
    """Writes the chunks that ingestion makes of a folder; returns the file and the chunks."""
    file = setting.scratch / f"{folder.name}.chunks"
    with file.open("w") as output:
        _run(setting, output, "chunks", folder, *_model(setting))
    return file, [json.loads(line) for line in file.read_text().splitlines()]


def embed(setting, chunks_file, precision, threads):
    """Embeds chunks with the local model by itself."""
    more = ["--precision", precision, "--threads", threads]
    return _measure(setting, "embed", chunks_file, *_model(setting), *more)


def search(setting, directory, source, questions, clients, seconds):
    """Embeds questions and searches an index, in process."""
    of = ["--data-dir", directory, "--knowledge-base", source["knowledgeBaseId"]]
    load = _load(questions, clients, seconds)
    return _measure(setting, "search", *of, *load, *_model(setting))


def retrieve(setting, server, source, questions, clients, seconds):
    """Asks a server over HTTP."""
    of = ["--address", server.address, "--knowledge-base", source["knowledgeBaseId"]]
    return _measure(setting, "retrieve", *of, *_load(questions, clients, seconds))


def onnxruntime(setting, chunks_file, precision, threads):
    """Embeds chunks with onnxruntime on the graph that the local model made."""
    (graph,) = (setting.models / "derived").glob(f"*-{precision}-*.onnx")
    script = Path(__file__).parent / "onnx_embedder.py"
    command = [sys.executable, script, graph, model_folder(), chunks_file, threads]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def model_folder():
    """The folder of the embedding model that the servers use."""
    return environment()["OUTCROP_MODELS__LOCAL__FOLDER"]


def _model(setting):
    return ["--model", model_folder(), "--cache", setting.models / "derived"]


def _load(questions, clients, seconds):
    return ["--questions", questions, "--clients", clients, "--seconds", seconds]


def _measure(setting, *arguments):
    return json.loads(_run(setting, subprocess.PIPE, *arguments).stdout)


def _run(setting, output, *arguments):
    command = [setting.target / "release/examples/baseline", *arguments]
    return subprocess.run([str(part) for part in command], stdout=output, check=True)
