"""Data sources of any type: making them, running their jobs, and looking at what came of it."""

import time

from conftest import knowledge_base_request, unique, wait_until

OVER = ("COMPLETE", "FAILED", "STOPPED")


def create_source(server, configuration, **settings):
    """A knowledge base with one data source; returns the ids of both as call arguments."""
    agent = server.client("bedrock-agent")
    created = agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]
    source = agent.create_data_source(
        knowledgeBaseId=created["knowledgeBaseId"],
        name=unique("source"),
        dataSourceConfiguration=configuration,
        **settings,
    )["dataSource"]
    return {name: source[name] for name in ("knowledgeBaseId", "dataSourceId")}


def s3_configuration(bucket, **settings):
    settings = {"bucketArn": f"arn:aws:s3:::{bucket}", **settings}
    return {"type": "S3", "s3Configuration": settings}


def web_configuration(*seeds, **crawler):
    urls = {"urlConfiguration": {"seedUrls": [{"url": seed} for seed in seeds]}}
    settings = {"sourceConfiguration": urls, "crawlerConfiguration": crawler}
    return {"type": "WEB", "webConfiguration": settings}


def rendered(configuration):
    """The same, with pages rendered by a browser."""
    own = {"connectorParameters": {"render": True}}
    return {**configuration, "managedKnowledgeBaseConnectorConfiguration": own}


def folder_configuration(path, **settings):
    """A folder source as boto3 can send it: it refuses members that its model lacks."""
    return {
        "type": "FOLDER",
        "managedKnowledgeBaseConnectorConfiguration": {
            "connectorParameters": {"path": str(path), **settings}
        },
    }


def confluence_configuration(host, secret_arn, **source):
    """A site, on Cloud unless `source` says otherwise."""
    settings = {
        "hostUrl": f"https://{host}",
        "hostType": "SAAS",
        "authType": "BASIC",
        "credentialsSecretArn": secret_arn,
        **source,
    }
    return {"type": "CONFLUENCE", "confluenceConfiguration": {"sourceConfiguration": settings}}


def start(server, source):
    """Starts a job; returns its ids as call arguments."""
    job = server.client("bedrock-agent").start_ingestion_job(**source)["ingestionJob"]
    return {**source, "ingestionJobId": job["ingestionJobId"]}


def job(server, ids):
    return server.client("bedrock-agent").get_ingestion_job(**ids)["ingestionJob"]


def finish(server, ids):
    """Waits for the end of a job, whatever that is."""

    def over():
        got = job(server, ids)
        return got if got["status"] in OVER else None

    return wait_until(over)


def ends_within(server, ids, seconds):
    """Waits for the end of a job; tells whether it came."""
    deadline = time.monotonic() + seconds
    while job(server, ids)["status"] not in OVER:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def run(server, source):
    """Runs a job to its end, whatever that is."""
    return finish(server, start(server, source))


def sync(server, source):
    """Runs a job that must be COMPLETE; returns its statistics, those that are not 0."""
    ended = run(server, source)
    assert ended["status"] == "COMPLETE", ended
    return {name: count for name, count in ended["statistics"].items() if count}


def retrieve(server, source, text, **search):
    configuration = {"vectorSearchConfiguration": {"numberOfResults": 5, **search}}
    return server.client("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=source["knowledgeBaseId"],
        retrievalQuery={"text": text},
        retrievalConfiguration=configuration,
    )["retrievalResults"]


def documents(server, source):
    """The status of each document, and its reason, by the id or the URI that identifies it."""
    pages = server.client("bedrock-agent").get_paginator("list_knowledge_base_documents")
    return {
        name(detail["identifier"]): (detail["status"], detail.get("statusReason"))
        for page in pages.paginate(**source)
        for detail in page["documentDetails"]
    }


def name(identifier):
    """What identifies a document."""
    return identifier["s3"]["uri"] if "s3" in identifier else identifier["custom"]["id"]
