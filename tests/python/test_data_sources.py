"""Data sources, through boto3."""

import uuid

import pytest

from conftest import create_custom_source, ingest, text_document, unique, wait_until
from sources import folder_configuration

FIXED = {
    "chunkingConfiguration": {
        "chunkingStrategy": "FIXED_SIZE",
        "fixedSizeChunkingConfiguration": {"maxTokens": 200, "overlapPercentage": 20},
    }
}


def request(knowledge_base, **changes):
    return {
        "knowledgeBaseId": knowledge_base["knowledgeBaseId"],
        "name": unique("ds"),
        "dataSourceConfiguration": {"type": "CUSTOM"},
        **changes,
    }


def test_a_data_source_is_created_and_echoed(agent, knowledge_base):
    made = request(
        knowledge_base,
        description="pushed",
        vectorIngestionConfiguration=FIXED,
        dataDeletionPolicy="RETAIN",
    )
    created = agent.create_data_source(**made)["dataSource"]
    assert created["status"] == "AVAILABLE"
    for member, value in made.items():
        assert created[member] == value
    ids = {name: created[name] for name in ("knowledgeBaseId", "dataSourceId")}
    assert agent.get_data_source(**ids)["dataSource"] == created
    plain = agent.create_data_source(**request(knowledge_base))["dataSource"]
    assert plain["dataDeletionPolicy"] == "DELETE"
    assert "vectorIngestionConfiguration" not in plain


def test_folders_in_either_spelling(agent, http, knowledge_base, tmp_path):
    configuration = folder_configuration(tmp_path, inclusionPatterns=["*.md"])
    made = request(knowledge_base, dataSourceConfiguration=configuration)
    assert agent.create_data_source(**made)["dataSource"]["dataSourceConfiguration"] == configuration
    configuration = {"type": "FOLDER", "folderConfiguration": {"path": str(tmp_path)}}
    answer = http.put(
        f"/knowledgebases/{knowledge_base['knowledgeBaseId']}/datasources/",
        json={"name": unique("ds"), "dataSourceConfiguration": configuration},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["dataSource"]["dataSourceConfiguration"] == configuration


def test_a_folder_that_is_not_there_is_refused(agent, knowledge_base, tmp_path):
    configuration = folder_configuration(tmp_path / "missing")
    made = request(knowledge_base, dataSourceConfiguration=configuration)
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.create_data_source(**made)
    assert "missing" in str(error.value)


def test_an_update_replaces_all_but_the_chunking(agent, knowledge_base):
    made = request(knowledge_base, description="old", vectorIngestionConfiguration=FIXED)
    created = agent.create_data_source(**made)["dataSource"]
    update = {
        "knowledgeBaseId": created["knowledgeBaseId"],
        "dataSourceId": created["dataSourceId"],
        "name": unique("renamed"),
        "dataSourceConfiguration": created["dataSourceConfiguration"],
        "vectorIngestionConfiguration": FIXED,
    }
    updated = agent.update_data_source(**update, dataDeletionPolicy="RETAIN")["dataSource"]
    assert updated["name"] == update["name"]
    assert updated["dataDeletionPolicy"] == "RETAIN"
    assert updated["vectorIngestionConfiguration"] == FIXED
    assert "description" not in updated
    for change in (
        {"chunkingConfiguration": {"chunkingStrategy": "NONE"}},
        {},
    ):
        with pytest.raises(agent.exceptions.ValidationException) as error:
            agent.update_data_source(**{**update, "vectorIngestionConfiguration": change})
        assert "chunkingConfiguration: cannot be changed" in str(error.value)


def test_an_update_keeps_the_deletion_policy_and_echoes_the_rest(agent, knowledge_base):
    made = request(
        knowledge_base,
        dataDeletionPolicy="RETAIN",
        vectorIngestionConfiguration={"chunkingConfiguration": {"chunkingStrategy": "NONE"}},
    )
    created = agent.create_data_source(**made)["dataSource"]
    ids = {name: created[name] for name in ("knowledgeBaseId", "dataSourceId")}
    updated = agent.update_data_source(**{**made, **ids})["dataSource"]
    update = {name: value for name, value in made.items() if name != "dataDeletionPolicy"}
    updated = agent.update_data_source(**{**update, **ids})["dataSource"]
    assert updated["dataDeletionPolicy"] == "RETAIN"
    assert updated["vectorIngestionConfiguration"] == made["vectorIngestionConfiguration"]
    # The default chunking may be left out, or written as nothing.
    plain = request(knowledge_base)
    created = agent.create_data_source(**plain)["dataSource"]
    ids["dataSourceId"] = created["dataSourceId"]
    updated = agent.update_data_source(**{**plain, **ids}, vectorIngestionConfiguration={})
    assert updated["dataSource"]["vectorIngestionConfiguration"] == {}
    assert agent.get_data_source(**ids)["dataSource"] == updated["dataSource"]


def test_a_key_is_echoed_and_nothing_is_encrypted(agent, knowledge_base):
    key = {"kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-4000-8000-000000000000"}
    made = request(knowledge_base, serverSideEncryptionConfiguration=key)
    created = agent.create_data_source(**made)["dataSource"]
    assert created["serverSideEncryptionConfiguration"] == key


@pytest.mark.parametrize("policy", ["DELETE", "RETAIN"])
def test_nothing_answers_from_a_deleted_data_source(agent, runtime, knowledge_base, policy):
    id = knowledge_base["knowledgeBaseId"]
    source = create_custom_source(agent, id, dataDeletionPolicy=policy)
    other = create_custom_source(agent, id)
    ingest(agent, source, text_document("a", "What was said there."))
    ingest(agent, other, text_document("a", "What is said here."))

    def texts():
        results = runtime.retrieve(knowledgeBaseId=id, retrievalQuery={"text": "what is said"})
        return sorted(result["content"]["text"] for result in results["retrievalResults"])

    assert texts() == ["What is said here.", "What was said there."]
    agent.delete_data_source(**source)
    assert texts() == ["What is said here."]
    wait_until(lambda: gone(agent, source))
    assert texts() == ["What is said here."]


def test_what_is_being_deleted_refuses_every_change(agent, custom_source):
    agent.delete_data_source(**custom_source)
    exceptions = agent.exceptions
    refused = (exceptions.ConflictException, exceptions.ResourceNotFoundException)
    with pytest.raises(refused):
        agent.start_ingestion_job(**custom_source)
    with pytest.raises(refused):
        agent.update_data_source(
            **custom_source, name="x", dataSourceConfiguration={"type": "CUSTOM"}
        )


def gone(agent, source):
    """Whether a data source that is being deleted is no more."""
    try:
        assert agent.get_data_source(**source)["dataSource"]["status"] == "DELETING"
        return False
    except agent.exceptions.ResourceNotFoundException:
        return True


def test_the_kind_of_source_cannot_change(agent, custom_source, tmp_path):
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.update_data_source(
            **custom_source, name="x", dataSourceConfiguration=folder_configuration(tmp_path)
        )
    assert "dataSourceConfiguration.type: cannot be changed" in str(error.value)


def test_a_deleted_data_source_is_being_deleted_and_then_gone(agent, custom_source):
    assert agent.delete_data_source(**custom_source)["status"] == "DELETING"
    wait_until(lambda: gone(agent, custom_source))


def test_listing_pages_through_all(agent, knowledge_base):
    id = knowledge_base["knowledgeBaseId"]
    made = {create_custom_source(agent, id)["dataSourceId"] for _ in range(5)}
    pages = agent.get_paginator("list_data_sources").paginate(
        knowledgeBaseId=id, PaginationConfig={"PageSize": 2}
    )
    pages = [page["dataSourceSummaries"] for page in pages]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert {summary["dataSourceId"] for page in pages for summary in page} == made


def test_a_client_token_makes_a_call_repeatable(agent, knowledge_base):
    made = request(knowledge_base, clientToken=str(uuid.uuid4()))
    first = agent.create_data_source(**made)["dataSource"]["dataSourceId"]
    assert agent.create_data_source(**made)["dataSource"]["dataSourceId"] == first
    with pytest.raises(agent.exceptions.ConflictException):
        agent.create_data_source(**{**made, "clientToken": str(uuid.uuid4())})


def chunking(strategy, **settings):
    return {"chunkingConfiguration": {"chunkingStrategy": strategy, **settings}}


def fixed(max_tokens, overlap):
    settings = {"maxTokens": max_tokens, "overlapPercentage": overlap}
    return chunking("FIXED_SIZE", fixedSizeChunkingConfiguration=settings)


HIERARCHICAL = {
    "hierarchicalChunkingConfiguration": {
        "levelConfigurations": [{"maxTokens": 1500}, {"maxTokens": 300}],
        "overlapTokens": 60,
    }
}
S3 = {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::bucket"}}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"name": "a b"}, "regular expression pattern"),
        ({"dataSourceConfiguration": {"type": "TAPE"}}, "enum value set"),
        ({"dataSourceConfiguration": {**S3, "type": "CUSTOM"}}, "does not belong"),
        ({"dataSourceConfiguration": {"type": "FOLDER"}}, "needs it"),
        ({"dataDeletionPolicy": "SHRED"}, "enum value set: [RETAIN, DELETE]"),
        ({"vectorIngestionConfiguration": fixed(8193, 20)}, "less than or equal to 8192"),
        ({"vectorIngestionConfiguration": fixed(200, 100)}, "less than or equal to 99"),
        ({"vectorIngestionConfiguration": chunking("FIXED_SIZE")}, "needs it"),
        (
            {"vectorIngestionConfiguration": chunking("NONE", **HIERARCHICAL)},
            "hierarchicalChunkingConfiguration: does not belong to type NONE",
        ),
        ({"vectorIngestionConfiguration": chunking("BY_MOOD")}, "enum value set"),
        ({"vectorIngestionConfiguration": chunking("SEMANTIC")}, "needs it"),
        ({"vectorIngestionConfiguration": chunking("HIERARCHICAL")}, "needs it"),
        (
            {
                "vectorIngestionConfiguration": {
                    "parsingConfiguration": {"parsingStrategy": "SMART_PARSING"}
                }
            },
            "SMART_PARSING is not supported by this server: use BEDROCK_FOUNDATION_MODEL",
        ),
    ],
)
def test_invalid_requests_are_refused(agent, knowledge_base, changes, part):
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.create_data_source(**request(knowledge_base, **changes))
    assert part in error.value.response["Error"]["Message"]


SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login-AbCdEf"


def s3(**settings):
    return {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::bucket", **settings}}


def web(crawler=None, seeds=("https://example.com",)):
    seeds = [{"url": seed} for seed in seeds]
    settings = {"sourceConfiguration": {"urlConfiguration": {"seedUrls": seeds}}}
    if crawler:
        settings["crawlerConfiguration"] = crawler
    return {"type": "WEB", "webConfiguration": settings}


def site(kind, member, filters=None, **source):
    settings = {"sourceConfiguration": {"credentialsSecretArn": SECRET, **source}}
    if filters:
        patterns = {"type": "PATTERN", "patternObjectFilter": {"filters": filters}}
        settings["crawlerConfiguration"] = {"filterConfiguration": patterns}
    return {"type": kind, member: settings}


def confluence(filters=None, **source):
    plain = {"hostUrl": "https://wiki.example", "hostType": "SAAS", "authType": "BASIC"}
    return site("CONFLUENCE", "confluenceConfiguration", filters, **{**plain, **source})


def sharepoint(filters=None, **source):
    plain = {
        "domain": "example",
        "siteUrls": ["https://example.sharepoint.com/sites/a"],
        "hostType": "ONLINE",
        "authType": "OAUTH2_CLIENT_CREDENTIALS",
    }
    return site("SHAREPOINT", "sharePointConfiguration", filters, **{**plain, **source})


def salesforce(filters=None, **source):
    plain = {"hostUrl": "https://x.my.salesforce.com", "authType": "OAUTH2_CLIENT_CREDENTIALS"}
    return site("SALESFORCE", "salesforceConfiguration", filters, **{**plain, **source})


def managed(configuration, parameters=None, **settings):
    """The settings that every type takes."""
    if parameters is not None:
        settings["connectorParameters"] = parameters
    return {**configuration, "managedKnowledgeBaseConnectorConfiguration": settings}


PATTERN = "regular expression pattern"
ENUM = "enum value set"


@pytest.mark.parametrize(
    ("configuration", "part"),
    [
        (s3(bucketArn="arn:aws:s3:eu-west-1::bucket"), PATTERN),
        (s3(inclusionPrefixes=["a", "b"]), "less than or equal to 1"),
        (s3(bucketOwnerAccountId="12345678901x"), PATTERN),
        (managed(s3(), {"eventQueue": "https://q"}), "unknown field"),
        (web(seeds=["ftp://example.com"]), PATTERN),
        (web({"crawlerLimits": {"rateLimit": 301}}), "less than or equal to 300"),
        (web({"scope": "WORLD"}), "[HOST_ONLY, SUBDOMAINS]"),
        (web({"inclusionFilters": ["x"] * 26}), "less than or equal to 25"),
        (confluence(hostUrl="http://wiki.example"), PATTERN),
        (confluence(hostType="TENT"), "[SAAS, DATA_CENTER]"),
        (confluence(authType="MAGIC"), "PERSONAL_ACCESS_TOKEN]"),
        (confluence(authType="PERSONAL_ACCESS_TOKEN"), "is for DATA_CENTER"),
        (confluence(credentialsSecretArn="wiki"), PATTERN),
        (confluence(filters=[{"objectType": "x" * 51}]), "less than or equal to 50"),
        (sharepoint(siteUrls=["http://example.sharepoint.com"]), PATTERN),
        (sharepoint(domain="d" * 51), "less than or equal to 50"),
        (sharepoint(tenantId="common" * 6), PATTERN),
        (sharepoint(hostType="SERVER"), "[ONLINE]"),
        (salesforce(authType="BASIC"), ENUM),
        (salesforce(filters=[]) | {"s3Configuration": {"bucketArn": "arn:aws:s3:::bucket"}}, "belong"),
        (managed(web(), {"schedule": "at dawn"}), "is no cron expression"),
        (managed(web(), {"schedule": "0 0 30 2 *"}), "never comes"),
        (managed(web(), syncSchedule={"weekly": {"dayOfWeek": "FUNDAY"}}), ENUM),
        (managed(web(), {"schedule": "0 3 * * *"}, syncSchedule={"daily": {}}), "one of them"),
        (
            managed(
                web(),
                deletionProtectionConfiguration={
                    "deletionProtectionStatus": "ENABLED",
                    "deletionProtectionThreshold": 101,
                },
            ),
            "less than or equal to 100",
        ),
        (managed({"type": "CUSTOM"}, syncSchedule={"daily": {}}), "CUSTOM has no schedule"),
        ({"type": "REDSHIFT_METADATA"}, "not supported by this server"),
        (managed({"type": "MANAGED_KNOWLEDGE_BASE_CONNECTOR"}, {}), "not supported by this server"),
    ],
)
def test_shapes_of_every_type_are_checked(agent, knowledge_base, configuration, part):
    made = request(knowledge_base, dataSourceConfiguration=configuration)
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.create_data_source(**made)
    assert part in error.value.response["Error"]["Message"]


def test_a_secret_that_is_not_there_is_named_with_the_remedy(agent, knowledge_base):
    made = request(knowledge_base, dataSourceConfiguration=confluence())
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.create_data_source(**made)
    said = error.value.response["Error"]["Message"]
    assert "outcrop secret set login-AbCdEf" in said, said


def test_schedules_and_protection_are_updated_and_echoed(agent, knowledge_base, tmp_path):
    made = request(knowledge_base, dataSourceConfiguration=folder_configuration(tmp_path))
    created = agent.create_data_source(**made)["dataSource"]
    ids = {name: created[name] for name in ("knowledgeBaseId", "dataSourceId")}
    protection = {"deletionProtectionStatus": "ENABLED", "deletionProtectionThreshold": 10}
    last = {"monthly": {"dayOfMonth": {"lastDayOfMonth": {}}}}
    for configuration in (
        folder_configuration(tmp_path, schedule="*/10 6-18 * * MON-FRI", watch=True),
        managed(
            folder_configuration(tmp_path),
            {"path": str(tmp_path)},
            syncSchedule=last,
            deletionProtectionConfiguration=protection,
        ),
        folder_configuration(tmp_path),
    ):
        update = {**ids, "name": made["name"], "dataSourceConfiguration": configuration}
        updated = agent.update_data_source(**update)["dataSource"]
        assert updated["dataSourceConfiguration"] == configuration
        assert agent.get_data_source(**ids)["dataSource"] == updated


def test_unknown_ids(agent, knowledge_base):
    unknown = {**knowledge_base, "knowledgeBaseId": "ABCDEFGHIJ"}
    not_found = agent.exceptions.ResourceNotFoundException
    with pytest.raises(not_found):
        agent.create_data_source(**request(unknown))
    with pytest.raises(not_found):
        agent.list_data_sources(knowledgeBaseId="ABCDEFGHIJ")
    ids = {"knowledgeBaseId": knowledge_base["knowledgeBaseId"], "dataSourceId": "ABCDEFGHIJ"}
    with pytest.raises(not_found):
        agent.get_data_source(**ids)
    with pytest.raises(not_found):
        agent.delete_data_source(**ids)
    with pytest.raises(not_found):
        agent.update_data_source(
            **ids, name="x", dataSourceConfiguration={"type": "CUSTOM"}
        )
