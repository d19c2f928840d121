"""A bucket, a web site and a Confluence in one knowledge base: written with boto3 as for AWS.

    python three_sources.py ENDPOINT_URL BUCKET SITE CONFLUENCE QUESTION...

Each question is answered with a line: where the best passage is, and what it says.
"""

import json
import sys
import time

import boto3

endpoint_url, bucket, site, confluence, *questions = sys.argv[1:]
agent = boto3.client("bedrock-agent", endpoint_url=endpoint_url)
runtime = boto3.client("bedrock-agent-runtime", endpoint_url=endpoint_url)

knowledge_base = agent.create_knowledge_base(
    name="three-sources",
    roleArn="arn:aws:iam::123456789012:role/knowledge-bases",
    knowledgeBaseConfiguration={
        "type": "VECTOR",
        "vectorKnowledgeBaseConfiguration": {
            "embeddingModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"
        },
    },
    storageConfiguration={
        "type": "S3_VECTORS",
        "s3VectorsConfiguration": {
            "indexArn": "arn:aws:s3vectors:us-east-1:123456789012:bucket/vectors/index/three-sources"
        },
    },
)["knowledgeBase"]["knowledgeBaseId"]

sources = {
    "papers": {"type": "S3", "s3Configuration": {"bucketArn": f"arn:aws:s3:::{bucket}"}},
    "site": {
        "type": "WEB",
        "webConfiguration": {
            "sourceConfiguration": {"urlConfiguration": {"seedUrls": [{"url": site}]}},
            "crawlerConfiguration": {"scope": "HOST_ONLY", "crawlerLimits": {"rateLimit": 300}},
        },
    },
    "wiki": {
        "type": "CONFLUENCE",
        "confluenceConfiguration": {
            "sourceConfiguration": {
                "hostUrl": confluence,
                "hostType": "SAAS",
                "authType": "BASIC",
                "credentialsSecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:wiki",
            }
        },
    },
}
jobs = []
for name, configuration in sources.items():
    source = agent.create_data_source(
        knowledgeBaseId=knowledge_base, name=name, dataSourceConfiguration=configuration
    )["dataSource"]
    job = agent.start_ingestion_job(
        knowledgeBaseId=knowledge_base, dataSourceId=source["dataSourceId"]
    )["ingestionJob"]
    jobs.append({key: job[key] for key in ("knowledgeBaseId", "dataSourceId", "ingestionJobId")})

for job in jobs:
    while (state := agent.get_ingestion_job(**job)["ingestionJob"])["status"] != "COMPLETE":
        if state["status"] in ("FAILED", "STOPPED"):
            sys.exit(f"{state['status']}: {state.get('failureReasons')}")
        time.sleep(0.2)

for question in questions:
    found = runtime.retrieve(knowledgeBaseId=knowledge_base, retrievalQuery={"text": question})
    best = found["retrievalResults"][0]
    print(json.dumps(best["location"]), " ".join(best["content"]["text"].split()), sep="\t")
