"""kill -9 at any moment of an ingestion, again and again, changes nothing about its end."""

import collections
import random
import time

import fake_embeddings
import httpx
import pytest
from conftest import knowledge_base_request
from server import Server

DOCUMENTS = 500
KILLS = 30
KILLS_IN_EACH_PHASE = 5
KILLS_IN_A_ROUND = 10

# What the log says when a phase is under way.
PHASES = {"parse": "parse document", "write": "write chunks", "optimise": "optimise"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """500 short documents; every tenth has several chunks, every fiftieth cannot be read."""
    folder = tmp_path_factory.mktemp("corpus")
    words = random.Random(7)
    vocabulary = ["rope", "radio", "avalanche", "shift", "cabin", "invoice", "weather", "sledge"]

    def sentence():
        return " ".join(words.choice(vocabulary) for _ in range(12)).capitalize() + "."

    for number in range(DOCUMENTS):
        paragraphs = 40 if number % 10 == 0 else 1
        text = "\n\n".join(f"{sentence()} {sentence()}" for _ in range(paragraphs))
        path = folder / f"part{number % 7}" / f"document{number:03}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("" if number % 50 == 49 else f"# Document {number}\n\n{text}\n")
    return folder


@pytest.fixture(scope="module")
def config():
    embeddings = fake_embeddings.start()
    yield f"""
log = "info,ingest=debug,vectors=debug"

[[models.embedding]]
match = "*"
provider = "openai"
model = "fake"
dimensions = {fake_embeddings.DIMENSIONS}

[models.openai.fake]
base_url = "{embeddings.url}"

[vectors.embedded]
optimise_at = 60
optimise_growth = 0.1
"""
    embeddings.shutdown()


def begin(server, corpus):
    """Creates a knowledge base over the folder and starts a job; returns the job's ids."""
    agent = server.client("bedrock-agent")
    created = agent.create_knowledge_base(**knowledge_base_request(name="kill"))
    knowledge_base_id = created["knowledgeBase"]["knowledgeBaseId"]
    source = agent.create_data_source(
        knowledgeBaseId=knowledge_base_id,
        name="folder",
        dataSourceConfiguration={
            "type": "FOLDER",
            "managedKnowledgeBaseConnectorConfiguration": {
                "connectorParameters": {"path": str(corpus)}
            },
        },
    )["dataSource"]
    ids = {"knowledgeBaseId": knowledge_base_id, "dataSourceId": source["dataSourceId"]}
    job = agent.start_ingestion_job(**ids)["ingestionJob"]
    return {**ids, "ingestionJobId": job["ingestionJobId"]}


def job(server, ids):
    return server.client("bedrock-agent").get_ingestion_job(**ids)["ingestionJob"]


def finished(server, ids, seconds):
    """Waits for the end of the job; tells whether it came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if job(server, ids)["status"] in ("COMPLETE", "FAILED", "STOPPED"):
            return True
        time.sleep(0.05)
    return False


def end_state(server, ids):
    """Everything that can be seen of the end: job, documents, chunks, vectors."""
    agent = server.client("bedrock-agent")
    source = {name: ids[name] for name in ("knowledgeBaseId", "dataSourceId")}
    ended = job(server, ids)
    pages = agent.get_paginator("list_knowledge_base_documents").paginate(**source)
    documents = {
        detail["identifier"]["custom"]["id"]: (detail["status"], detail.get("statusReason"))
        for page in pages
        for detail in page["documentDetails"]
    }
    status = httpx.get(f"{server.address}/outcrop/status").json()["knowledgeBases"][0]
    runtime = server.client("bedrock-agent-runtime")
    found = collections.Counter()
    for question in ("rope radio avalanche", "shift cabin", "invoice weather sledge"):
        results = runtime.retrieve(
            knowledgeBaseId=ids["knowledgeBaseId"],
            retrievalQuery={"text": question},
            retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": 100}},
        )["retrievalResults"]
        chunks = [result["metadata"]["x-amz-bedrock-kb-chunk-id"] for result in results]
        assert len(set(chunks)) == len(chunks), "a chunk came twice"
        found.update(round(result["score"], 5) for result in results)
    return {
        "status": ended["status"],
        "statistics": ended["statistics"],
        "failures": sorted(ended.get("failureReasons", [])),
        "documents": documents,
        "chunks": status["chunks"],
        "vectors": status["indexedChunks"],
        "found": found,
    }


def kill_again_and_again(server, ids, kills, chance):
    """Kills the server in one phase after the other, until the job is over; counts in `kills`."""
    seen = 0
    for _ in range(KILLS_IN_A_ROUND):
        phase = min(PHASES, key=lambda phase: (kills[phase], chance.random()))
        # Some lines of the phase pass before the blow, so that the moment is another each time.
        reached = True
        for _ in range(1 if phase == "optimise" else chance.randint(1, 25)):
            reached = server.wait_for_line(PHASES[phase], seen, 10)
            seen = len(server.lines)
            if not reached or "ingestion job ends" in "".join(server.lines):
                break
        if not reached or finished(server, ids, 0.001):
            return
        time.sleep(chance.random() * 0.02)
        server.kill()
        kills[phase] += 1
        server.start()
        seen = 0


def test_thirty_kills_change_nothing(tmp_path, corpus, config):
    with Server(tmp_path / "undisturbed", config) as server:
        ids = begin(server, corpus)
        assert finished(server, ids, 120), server.log()
        expect = end_state(server, ids)
        server.stop()
    assert expect["status"] == "COMPLETE"
    assert expect["statistics"]["numberOfDocumentsScanned"] == DOCUMENTS
    assert expect["statistics"]["numberOfDocumentsFailed"] == DOCUMENTS // 50
    assert expect["vectors"] == expect["chunks"] > DOCUMENTS

    chance = random.Random(11)
    kills = collections.Counter()
    rounds = 0
    while kills.total() < KILLS or min(kills[phase] for phase in PHASES) < KILLS_IN_EACH_PHASE:
        rounds += 1
        assert rounds <= 20, f"too many rounds for {kills}"
        with Server(tmp_path / f"round{rounds}", config) as server:
            ids = begin(server, corpus)
            kill_again_and_again(server, ids, kills, chance)
            assert finished(server, ids, 120), server.log()
            assert end_state(server, ids) == expect, f"after {kills}"
            server.stop()
    print(f"kills: {dict(kills)} in {rounds} rounds")
