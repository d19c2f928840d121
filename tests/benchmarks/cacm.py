"""Retrieval on judged questions: CACM, scored by the script that comes with the data."""

import json
import subprocess
import sys

import service
from report import Section, Table

RESULTS = 100

MEASURED = """\
CACM: {documents} titles and abstracts, one file each, and {questions} judged questions, through
`Retrieve` with {results} results; a document counts by its best chunk. A plain BM25 has an nDCG@10
of 0.489 here."""


def run(setting):
    lines = setting.data("retrieval/cacm/corpus.jsonl").read_text().splitlines()
    documents = [json.loads(line) for line in lines][: setting.of(None, 200)]
    lines = setting.data("retrieval/cacm/queries.jsonl").read_text().splitlines()
    questions = [json.loads(line) for line in lines]
    folder = setting.folder("cacm")
    for document in documents:
        text = f"{document['title']}\n{document['text']}\n"
        (folder / f"{document['_id']}.txt").write_text(text)
    server = service.start(setting, setting.scratch / "cacm-server")
    table = Table(["Search", "nDCG@10", "recall@100"])
    figures = {}
    try:
        source = service.over_folder(server, folder)
        service.sync(server, source)
        for search in ("SEMANTIC", "HYBRID"):
            scores = score(setting, ranking(server, source, questions, search), search)
            figures[search] = scores
            table.rows.append([search, scores["ndcg@10"], scores["recall@100"]])
    finally:
        server.stop()
    measured = MEASURED.format(
        documents=len(documents), questions=len(questions), results=RESULTS
    )
    return Section("Judged questions", measured, [table], figures=figures)


def ranking(server, source, questions, search):
    """Lines of a TREC run."""
    for question in questions:
        best = {}
        for result in service.retrieve(server, source, question["text"], RESULTS, search):
            uri = result["location"]["customDocumentLocation"]["id"]
            document = uri.rpartition("/")[2].removesuffix(".txt")
            best[document] = max(best.get(document, result["score"]), result["score"])
        ordered = sorted(best.items(), key=lambda item: -item[1])
        for rank, (document, value) in enumerate(ordered, 1):
            yield f"{question['_id']} Q0 {document} {rank} {value} outcrop\n"


def score(setting, lines, search):
    """What the data's own script makes of a run."""
    run = setting.scratch / f"cacm-{search}.run"
    run.write_text("".join(lines))
    script = setting.data("score_retrieval.py")
    qrels = setting.data("retrieval/cacm/qrels.trec")
    command = [sys.executable, script, "--qrels", qrels, "--run", run, "--k", "10", "100", "--json"]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)
