"""Knowledge bases, through boto3."""

import uuid

import pytest

from conftest import ROLE, knowledge_base_request, unique, wait_until


def test_a_knowledge_base_is_created_and_echoed(agent):
    request = knowledge_base_request(description="what it is for", tags={"team": "a b"})
    created = agent.create_knowledge_base(**request)["knowledgeBase"]
    id = created["knowledgeBaseId"]
    assert created["status"] == "ACTIVE"
    assert created["knowledgeBaseArn"] == (
        f"arn:aws:bedrock:us-east-1:000000000000:knowledge-base/{id}"
    )
    for member in ("name", "description", "roleArn", "knowledgeBaseConfiguration"):
        assert created[member] == request[member]
    assert created["storageConfiguration"] == request["storageConfiguration"]
    got = agent.get_knowledge_base(knowledgeBaseId=id)["knowledgeBase"]
    assert got == created
    agent.delete_knowledge_base(knowledgeBaseId=id)


STORAGES = {
    "OPENSEARCH_MANAGED_CLUSTER": (
        "opensearchManagedClusterConfiguration",
        {
            "domainEndpoint": "https://search-d.us-east-1.es.amazonaws.com",
            "domainArn": "arn:aws:es:us-east-1:123456789012:domain/search",
            "vectorIndexName": "vectors",
            "fieldMapping": {"vectorField": "v", "textField": "t", "metadataField": "m"},
        },
    ),
    "PINECONE": (
        "pineconeConfiguration",
        {
            "connectionString": "https://index.pinecone.io",
            "credentialsSecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s",
            "fieldMapping": {"textField": "t", "metadataField": "m"},
        },
    ),
    "RDS": (
        "rdsConfiguration",
        {
            "resourceArn": "arn:aws:rds:us-east-1:123456789012:cluster:c",
            "credentialsSecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:s",
            "databaseName": "d",
            "tableName": "schema.table",
            "fieldMapping": {
                "primaryKeyField": "id",
                "vectorField": "v",
                "textField": "t",
                "metadataField": "m",
            },
        },
    ),
    "S3_VECTORS": (
        "s3VectorsConfiguration",
        {"indexArn": "arn:aws:s3vectors:us-east-1:123456789012:bucket/b1234/index/i1234"},
    ),
}


@pytest.mark.parametrize("kind", STORAGES)
def test_every_storage_is_echoed(agent, kind):
    member, settings = STORAGES[kind]
    storage = {"type": kind, member: settings}
    created = agent.create_knowledge_base(**knowledge_base_request(storageConfiguration=storage))
    created = created["knowledgeBase"]
    assert created["storageConfiguration"] == storage
    agent.delete_knowledge_base(knowledgeBaseId=created["knowledgeBaseId"])


def test_an_update_replaces_name_description_and_role(agent, knowledge_base):
    id = knowledge_base["knowledgeBaseId"]
    role = "arn:aws:iam::123456789012:role/another"
    request = {
        "knowledgeBaseId": id,
        "name": unique("renamed"),
        "roleArn": role,
        "knowledgeBaseConfiguration": knowledge_base["knowledgeBaseConfiguration"],
    }
    updated = agent.update_knowledge_base(**request, description="new")["knowledgeBase"]
    assert (updated["name"], updated["roleArn"]) == (request["name"], role)
    assert updated["description"] == "new"
    assert updated["updatedAt"] >= knowledge_base["updatedAt"]
    assert updated["createdAt"] == knowledge_base["createdAt"]
    storage = knowledge_base["storageConfiguration"]
    updated = agent.update_knowledge_base(**request, storageConfiguration=storage)
    assert "description" not in updated["knowledgeBase"]


def test_what_the_index_was_made_for_cannot_be_updated(agent, knowledge_base):
    request = {
        "knowledgeBaseId": knowledge_base["knowledgeBaseId"],
        "name": knowledge_base["name"],
        "roleArn": ROLE,
        "knowledgeBaseConfiguration": knowledge_base["knowledgeBaseConfiguration"],
    }
    other = {
        "type": "VECTOR",
        "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": "cohere.embed-english-v3:0"},
    }
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.update_knowledge_base(**{**request, "knowledgeBaseConfiguration": other})
    assert "cannot be changed" in str(error.value)
    member, settings = STORAGES["PINECONE"]
    storage = {"type": "PINECONE", member: settings}
    with pytest.raises(agent.exceptions.ValidationException):
        agent.update_knowledge_base(**request, storageConfiguration=storage)


def test_a_deleted_knowledge_base_is_being_deleted_and_then_gone(agent):
    id = agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]["knowledgeBaseId"]
    deleted = agent.delete_knowledge_base(knowledgeBaseId=id)
    assert (deleted["knowledgeBaseId"], deleted["status"]) == (id, "DELETING")

    def gone():
        try:
            status = agent.get_knowledge_base(knowledgeBaseId=id)["knowledgeBase"]["status"]
            assert status == "DELETING"
            return False
        except agent.exceptions.ResourceNotFoundException:
            return True

    wait_until(gone)
    with pytest.raises(agent.exceptions.ResourceNotFoundException):
        agent.delete_knowledge_base(knowledgeBaseId=id)


def test_listing_pages_through_all(agent):
    made = {
        agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]["knowledgeBaseId"]
        for _ in range(5)
    }
    pages = agent.get_paginator("list_knowledge_bases").paginate(PaginationConfig={"PageSize": 2})
    pages = [page["knowledgeBaseSummaries"] for page in pages]
    assert all(len(page) <= 2 for page in pages)
    ids = [summary["knowledgeBaseId"] for page in pages for summary in page]
    assert len(ids) == len(set(ids)) and made <= set(ids)
    for id in made:
        agent.delete_knowledge_base(knowledgeBaseId=id)
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.list_knowledge_bases(nextToken="made-up")
    assert error.value.response["fieldList"][0]["name"] == "nextToken"


def test_a_client_token_makes_a_call_repeatable(agent):
    request = knowledge_base_request(clientToken=str(uuid.uuid4()))
    first = agent.create_knowledge_base(**request)["knowledgeBase"]
    again = agent.create_knowledge_base(**request)["knowledgeBase"]
    assert again["knowledgeBaseId"] == first["knowledgeBaseId"]
    with pytest.raises(agent.exceptions.ConflictException):
        agent.create_knowledge_base(**{**request, "clientToken": str(uuid.uuid4())})
    agent.delete_knowledge_base(knowledgeBaseId=first["knowledgeBaseId"])


def vector(**settings):
    return {
        "type": "VECTOR",
        "vectorKnowledgeBaseConfiguration": {
            "embeddingModelArn": "amazon.titan-embed-text-v2:0",
            **settings,
        },
    }


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"name": "not a name"}, "'name' failed to satisfy constraint: Member must satisfy regular"),
        ({"name": "a" * 101}, "regular expression pattern"),
        ({"description": "d" * 201}, "'description' failed to satisfy constraint: Member must have"),
        ({"roleArn": "role"}, "'roleArn'"),
        ({"clientToken": "short" * 7 + "!"}, "'clientToken'"),
        ({"tags": {"k": "v" * 257}}, "'tags.1.value'"),
        ({"knowledgeBaseConfiguration": {"type": "GRAPH"}}, "enum value set: [VECTOR, KENDRA"),
        ({"knowledgeBaseConfiguration": {"type": "KENDRA"}}, "use VECTOR"),
        ({"knowledgeBaseConfiguration": {"type": "VECTOR"}}, "needs it"),
        (
            {
                "knowledgeBaseConfiguration": vector(
                    embeddingModelConfiguration={
                        "bedrockEmbeddingModelConfiguration": {"embeddingDataType": "BINARY"}
                    }
                )
            },
            "use FLOAT32",
        ),
        ({"storageConfiguration": {"type": "OPENSEARCH_SERVERLESS"}}, "needs it"),
        ({"storageConfiguration": {"type": "FLOPPY"}}, "enum value set"),
        (
            {"storageConfiguration": {"type": "PINECONE", "s3VectorsConfiguration": {}}},
            "pineconeConfiguration",
        ),
    ],
)
def test_invalid_requests_are_refused(agent, changes, part):
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.create_knowledge_base(**knowledge_base_request(**changes))
    assert part in error.value.response["Error"]["Message"]
    assert error.value.response["fieldList"]


def test_unknown_and_malformed_ids(agent):
    with pytest.raises(agent.exceptions.ResourceNotFoundException) as error:
        agent.get_knowledge_base(knowledgeBaseId="ABCDEFGHIJ")
    assert "ABCDEFGHIJ" in str(error.value)
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.get_knowledge_base(knowledgeBaseId="short")
    assert "[0-9a-zA-Z]{10}" in str(error.value)
