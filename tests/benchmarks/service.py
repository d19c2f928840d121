"""A server under measurement, with knowledge bases over folders of files."""

import time

import httpx

from server import Server

EMBEDDING_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v1"
TEXT_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"
ROLE = "arn:aws:iam::123456789012:role/knowledge-bases"

# How often a job is asked for its state: seldom enough to take no time from it.
PAUSE_SECONDS = 0.2


def start(setting, directory, config="", variables=None):
    """Starts a server; what it makes of the embedding model is shared by all data directories."""
    directory.mkdir(parents=True, exist_ok=True)
    models = directory / "models"
    if not models.exists():
        models.symlink_to(setting.models, target_is_directory=True)
    return Server(directory, config, variables).start()


def over_folder(server, folder, chunking=None):
    """A knowledge base with a folder as its source; returns the ids of both as call arguments."""
    parameters = {"connectorParameters": {"path": str(folder)}}
    configuration = {"type": "FOLDER", "managedKnowledgeBaseConnectorConfiguration": parameters}
    return _over(server, folder.name, configuration, chunking)


def over_bucket(server, bucket):
    """A knowledge base with a bucket as its source; returns the ids of both as call arguments."""
    configuration = {"bucketArn": f"arn:aws:s3:::{bucket}"}
    return _over(server, bucket, {"type": "S3", "s3Configuration": configuration})


def _over(server, name, configuration, chunking=None):
    agent = server.client("bedrock-agent")
    vector = {"embeddingModelArn": EMBEDDING_MODEL}
    created = agent.create_knowledge_base(
        name=f"{name}-{time.time_ns()}",
        roleArn=ROLE,
        knowledgeBaseConfiguration={"type": "VECTOR", "vectorKnowledgeBaseConfiguration": vector},
    )["knowledgeBase"]
    source = agent.create_data_source(
        knowledgeBaseId=created["knowledgeBaseId"],
        name="source",
        dataSourceConfiguration=configuration,
        **({"vectorIngestionConfiguration": chunking} if chunking else {}),
    )["dataSource"]
    return {name: source[name] for name in ("knowledgeBaseId", "dataSourceId")}


def sync(server, source):
    """Ingests the source; returns how many seconds it took from the request to the end."""
    agent = server.client("bedrock-agent")
    began = time.monotonic()
    job = agent.start_ingestion_job(**source)["ingestionJob"]
    while job["status"] not in ("COMPLETE", "FAILED", "STOPPED"):
        time.sleep(PAUSE_SECONDS)
        job = agent.get_ingestion_job(**source, ingestionJobId=job["ingestionJobId"])
        job = job["ingestionJob"]
    seconds = time.monotonic() - began
    assert job["status"] == "COMPLETE", job
    assert job["statistics"]["numberOfDocumentsFailed"] == 0, job
    # How long the job took by its own account, which no pause between two questions blurs.
    took = (job["updatedAt"] - job["startedAt"]).total_seconds()
    assert 0 < took <= seconds, (took, seconds)
    return took


def chunks(server, source):
    """How many chunks a knowledge base has."""
    status = httpx.get(f"{server.address}/outcrop/status").json()
    return next(
        held["chunks"]
        for held in status["knowledgeBases"]
        if held["knowledgeBaseId"] == source["knowledgeBaseId"]
    )


def remove(server, source):
    """Deletes a knowledge base and waits until it is gone."""
    agent = server.client("bedrock-agent")
    id = source["knowledgeBaseId"]
    agent.delete_knowledge_base(knowledgeBaseId=id)
    while id in (held["knowledgeBaseId"] for held in _knowledge_bases(agent)):
        time.sleep(PAUSE_SECONDS)


def retrieve(server, source, question, results, search="SEMANTIC"):
    """The results of Retrieve."""
    search = {"numberOfResults": results, "overrideSearchType": search}
    return server.client("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=source["knowledgeBaseId"],
        retrievalQuery={"text": question},
        retrievalConfiguration={"vectorSearchConfiguration": search},
    )["retrievalResults"]


def answer(server, source, question):
    """What RetrieveAndGenerate answers."""
    return server.client("bedrock-agent-runtime").retrieve_and_generate(
        input={"text": question},
        retrieveAndGenerateConfiguration={
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": source["knowledgeBaseId"],
                "modelArn": TEXT_MODEL,
            },
        },
    )


def _knowledge_bases(agent):
    pages = agent.get_paginator("list_knowledge_bases").paginate()
    return [held for page in pages for held in page["knowledgeBaseSummaries"]]
