"""The local answerer by itself: the Rust example `squad` of the models."""

import subprocess

from report import Section
from setting import Skipped

MEASURED = """\
The local answerer on judged questions over Wikipedia, each with the five paragraphs that BM25 finds
best: the example `squad` of the crate `models`."""


def run(setting):
    program = setting.target / "release/examples/squad"
    if not program.exists():
        raise Skipped("the example squad is not built")
    data = setting.data("retrieval").parent
    done = subprocess.run([program, data], stdout=subprocess.PIPE, text=True, check=True)
    return Section("Answers", f"{MEASURED}\n\n```text\n{done.stdout.strip()}\n```", [])
