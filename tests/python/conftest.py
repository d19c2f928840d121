"""Fixtures: the built server on a free port, clients pointed at it, and resources that tests share.

The clients are unmodified; only the endpoint and dummy credentials are given, as for any server
that stands in for AWS.
"""

import time
import uuid

import boto3
import httpx
import pytest
from botocore.config import Config

from server import Server
from shapes import check_client

ROLE = "arn:aws:iam::123456789012:role/knowledge-bases"
EMBEDDING_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v1"
TEXT_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def wait_until(ask, seconds=120):
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    """The address of a server with an empty data directory, which ends with the tests."""
    with Server(tmp_path_factory.mktemp("outcrop")) as server:
        yield server.address
        server.stop()


@pytest.fixture(scope="session")
def client(endpoint):
    """Makes boto3 clients that check what they receive, and do not try again."""
    session = boto3.Session("test", "test", region_name="us-east-1")
    config = Config(retries={"total_max_attempts": 1}, read_timeout=120)

    def make(service):
        return check_client(session.client(service, endpoint_url=endpoint, config=config))

    return make


@pytest.fixture(scope="session")
def agent(client):
    """A client of `bedrock-agent`."""
    return client("bedrock-agent")


@pytest.fixture(scope="session")
def runtime(client):
    """A client of `bedrock-agent-runtime`."""
    return client("bedrock-agent-runtime")


@pytest.fixture(scope="session")
def http(endpoint):
    """A plain HTTP client, for requests that the SDKs would not send."""
    with httpx.Client(base_url=endpoint, timeout=120) as client:
        yield client


def unique(name):
    """A name that no other test has."""
    return f"{name}-{uuid.uuid4().hex[:12]}"


def knowledge_base_request(**changes):
    """The arguments of create_knowledge_base as users write them for AWS."""
    return {
        "name": unique("kb"),
        "roleArn": ROLE,
        "knowledgeBaseConfiguration": {
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": EMBEDDING_MODEL},
        },
        "storageConfiguration": {
            "type": "OPENSEARCH_SERVERLESS",
            "opensearchServerlessConfiguration": {
                "collectionArn": "arn:aws:aoss:us-east-1:123456789012:collection/abcdef1234567890",
                "vectorIndexName": "bedrock-knowledge-base-index",
                "fieldMapping": {
                    "vectorField": "bedrock-knowledge-base-vector",
                    "textField": "AMAZON_BEDROCK_TEXT_CHUNK",
                    "metadataField": "AMAZON_BEDROCK_METADATA",
                },
            },
        },
        **changes,
    }


@pytest.fixture
def knowledge_base(agent):
    """A knowledge base of the test's own, gone afterwards."""
    created = agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]
    yield created
    agent.delete_knowledge_base(knowledgeBaseId=created["knowledgeBaseId"])


def create_custom_source(agent, knowledge_base_id, **changes):
    """Creates a data source for direct ingestion; returns the two ids as call arguments."""
    created = agent.create_data_source(
        knowledgeBaseId=knowledge_base_id,
        name=unique("custom"),
        dataSourceConfiguration={"type": "CUSTOM"},
        **changes,
    )["dataSource"]
    return {"knowledgeBaseId": knowledge_base_id, "dataSourceId": created["dataSourceId"]}


@pytest.fixture
def custom_source(agent, knowledge_base):
    """The ids of a data source for direct ingestion."""
    return create_custom_source(agent, knowledge_base["knowledgeBaseId"])


def text_document(id, text, /, **attributes):
    """A document for ingest_knowledge_base_documents."""
    document = {
        "content": {
            "dataSourceType": "CUSTOM",
            "custom": {
                "customDocumentIdentifier": {"id": id},
                "sourceType": "IN_LINE",
                "inlineContent": {"type": "TEXT", "textContent": {"data": text}},
            },
        }
    }
    if attributes:
        document["metadata"] = {
            "type": "IN_LINE_ATTRIBUTE",
            "inlineAttributes": [attribute(*item) for item in attributes.items()],
        }
    return document


def attribute(key, value):
    """An attribute in Bedrock's typed form."""
    kind, member = {
        bool: ("BOOLEAN", "booleanValue"),
        int: ("NUMBER", "numberValue"),
        float: ("NUMBER", "numberValue"),
        str: ("STRING", "stringValue"),
        list: ("STRING_LIST", "stringListValue"),
    }[type(value)]
    return {"key": key, "value": {"type": kind, member: value}}


def identifiers(*ids):
    """Document identifiers of pushed documents."""
    return [{"dataSourceType": "CUSTOM", "custom": {"id": id}} for id in ids]


def statuses(agent, source, *ids):
    """The states of documents by their ids."""
    details = agent.get_knowledge_base_documents(**source, documentIdentifiers=identifiers(*ids))
    return {
        detail["identifier"]["custom"]["id"]: detail["status"]
        for detail in details["documentDetails"]
    }


def ingest(agent, source, *documents):
    """Pushes documents and waits until all of them are indexed."""
    agent.ingest_knowledge_base_documents(**source, documents=list(documents))
    ids = [
        document["content"]["custom"]["customDocumentIdentifier"]["id"] for document in documents
    ]

    def indexed():
        found = statuses(agent, source, *ids)
        assert not {"FAILED", "IGNORED"} & set(found.values()), found
        return set(found.values()) == {"INDEXED"}

    wait_until(indexed)


LIBRARY = {
    "reef": (
        "Coral reefs grow in warm and shallow water. They shelter a quarter of all marine species.",
        {"topic": "sea", "year": 2020, "public": True, "tags": ["coral", "water"]},
    ),
    "glacier": (
        "A glacier is a body of dense ice. It moves slowly under its own weight.",
        {"topic": "ice", "year": 2021, "public": True, "tags": ["snow", "water"]},
    ),
    "volcano": (
        "A volcano erupts when magma reaches the surface. Lava flows down its slopes.",
        {"topic": "fire", "year": 2022, "public": False, "tags": ["lava"]},
    ),
}


@pytest.fixture(scope="session")
def library(agent):
    """The ids of a knowledge base and its data source that hold three small documents."""
    created = agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]
    source = create_custom_source(agent, created["knowledgeBaseId"])
    documents = [text_document(id, text, **data) for id, (text, data) in LIBRARY.items()]
    ingest(agent, source, *documents)
    yield {**source, "knowledgeBaseArn": created["knowledgeBaseArn"]}
    agent.delete_knowledge_base(knowledgeBaseId=created["knowledgeBaseId"])
