"""Real input: four reports of some 50 pages in PDF, and questions with known sources."""

import json
import os
import shutil
from urllib.parse import unquote

import bare
import memory
import service
from report import Section, Table
from setting import say

SET = "pdf_qa/kg-rag-sec-10-q"
HITS = 5

MEASURED = """\
Quarterly reports of one company (PDF, {pages} pages, {chunks} chunks) and {questions} questions
with reviewed answers and the documents that these come from, through boto3, with the default models
(local embedder, local answerer). The reports resemble each other: a document drawn by lot is right
for {chance:.2f} of the questions."""


def run(setting):
    folder = setting.folder("reports")
    for report in sorted(setting.data(f"{SET}/pdfs").iterdir())[: setting.of(None, 1)]:
        shutil.copy(report, folder)
    lines = setting.data(f"{SET}/questions.jsonl").read_text().splitlines()
    questions = [json.loads(line) for line in lines][: setting.of(None, 5)]
    server = service.start(setting, setting.scratch / "reports-server")
    try:
        source = service.over_folder(server, folder)
        with memory.Peak(server.process.pid) as ingesting:
            seconds = service.sync(server, source)
        file, chunks = bare.chunks(setting, folder)
        embedded = bare.embed(setting, file, "fp32", os.cpu_count())
        with memory.Peak(server.process.pid) as asking:
            asked = [ask(server, source, question) for question in questions]
    finally:
        server.stop()
    documents = {chunk["document"] for chunk in chunks}
    pages = sum(
        max(chunk["page"] for chunk in chunks if chunk["document"] == name) for name in documents
    )
    right = [documents & set(question["source_docs"]) for question in questions]
    shares = [len(some) / len(documents) for some in right]
    rates = {
        "ingestion, pages per second": pages / seconds,
        "ingestion, chunks per second": len(chunks) / seconds,
        "the bare embedder on the same chunks, chunks per second": embedded["chunks"]
        / embedded["seconds"],
        "peak memory of the server while ingesting, MB": ingesting.megabytes,
        "peak memory of the server while answering, MB": asking.megabytes,
    }
    found = {name: sum(one[name] for one in asked) / len(asked) for name in asked[0]}
    table = Table(["Figure", "Value"], [[name, value] for name, value in (rates | found).items()])
    measured = MEASURED.format(
        pages=pages,
        chunks=len(chunks),
        questions=len(questions),
        chance=sum(shares) / len(shares),
    )
    figures = {**rates, **found, "pages": pages, "questions": asked}
    return Section("Real reports", measured, [table], figures=figures)


def ask(server, source, question):
    """Whether an answer, and a retrieval, lead to the documents that they should."""
    right = set(question["source_docs"])
    answer = service.answer(server, source, question["question"])
    cited = {
        name(reference)
        for citation in answer["citations"]
        for reference in citation["retrievedReferences"]
    }
    say(f"{question['id']}: cited {sorted(cited)} for {sorted(right)}")

    def hits(search):
        results = service.retrieve(server, source, question["question"], HITS, search)
        return {name(result) for result in results}

    return {
        "answers that cite a right document": bool(cited & right),
        "answers that cite nothing": not cited,
        f"a right document in the first {HITS} results, semantic": bool(hits("SEMANTIC") & right),
        f"a right document in the first {HITS} results, hybrid": bool(hits("HYBRID") & right),
    }


def name(result):
    """The file name of a result's document."""
    return unquote(result["location"]["customDocumentLocation"]["id"]).rpartition("/")[2]
