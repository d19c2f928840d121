"""Direct ingestion, through boto3."""

import uuid

import pytest

from conftest import attribute, identifiers, ingest, statuses, text_document, wait_until
from sources import folder_configuration


def test_documents_are_pushed_read_replaced_and_removed(agent, runtime, custom_source):
    id = custom_source["knowledgeBaseId"]

    def found():
        results = runtime.retrieve(knowledgeBaseId=id, retrievalQuery={"text": "the otter"})
        return [result["content"]["text"] for result in results["retrievalResults"]]

    assert found() == []
    accepted = agent.ingest_knowledge_base_documents(
        **custom_source, documents=[text_document("otter", "The otter swims.", year=2020)]
    )["documentDetails"]
    assert [detail["status"] for detail in accepted] == ["STARTING"]
    assert accepted[0]["identifier"] == identifiers("otter")[0]
    wait_until(lambda: statuses(agent, custom_source, "otter") == {"otter": "INDEXED"})
    assert found() == ["The otter swims."]
    ingest(agent, custom_source, text_document("otter", "The otter sleeps."))
    wait_until(lambda: found() == ["The otter sleeps."])
    removed = agent.delete_knowledge_base_documents(
        **custom_source, documentIdentifiers=identifiers("otter", "unicorn")
    )["documentDetails"]
    assert [detail["status"] for detail in removed] == ["DELETING", "NOT_FOUND"]
    assert found() == []
    wait_until(lambda: statuses(agent, custom_source, "otter") == {"otter": "NOT_FOUND"})


def test_bytes_are_pushed_with_their_type(agent, runtime, custom_source):
    document = text_document("page", "")
    document["content"]["custom"]["inlineContent"] = {
        "type": "BYTE",
        "byteContent": {
            "mimeType": "text/html",
            "data": b"<html><body><h1>Badgers</h1><p>The badger digs.</p></body></html>",
        },
    }
    ingest(agent, custom_source, document)
    results = runtime.retrieve(
        knowledgeBaseId=custom_source["knowledgeBaseId"], retrievalQuery={"text": "badger"}
    )["retrievalResults"]
    assert "The badger digs." in results[0]["content"]["text"]
    assert "<p>" not in results[0]["content"]["text"]


def test_a_document_that_cannot_be_read_says_why(agent, custom_source):
    agent.ingest_knowledge_base_documents(**custom_source, documents=[junk("junk")])
    wait_until(lambda: statuses(agent, custom_source, "junk") == {"junk": "FAILED"})
    detail = agent.get_knowledge_base_documents(
        **custom_source, documentIdentifiers=identifiers("junk")
    )["documentDetails"][0]
    assert detail["statusReason"]


def test_documents_are_listed_in_pages(agent, custom_source):
    ids = [f"document {number}" for number in range(25)]
    ingest(agent, custom_source, *(text_document(id, f"This is {id}.") for id in ids))
    pages = agent.get_paginator("list_knowledge_base_documents").paginate(
        **custom_source, PaginationConfig={"PageSize": 10}
    )
    pages = [page["documentDetails"] for page in pages]
    assert [len(page) for page in pages] == [10, 10, 5]
    listed = [detail["identifier"]["custom"]["id"] for page in pages for detail in page]
    assert sorted(listed) == sorted(ids)


def texts(runtime, source, text="what is said"):
    """The texts that are found in a knowledge base."""
    results = runtime.retrieve(
        knowledgeBaseId=source["knowledgeBaseId"], retrievalQuery={"text": text}
    )["retrievalResults"]
    return [result["content"]["text"] for result in results]


def test_a_client_token_makes_a_call_repeatable(agent, runtime, custom_source):
    request = {**custom_source, "clientToken": str(uuid.uuid4())}
    first = agent.ingest_knowledge_base_documents(
        **request, documents=[text_document("a", "The first text.")]
    )["documentDetails"]
    wait_until(lambda: statuses(agent, custom_source, "a") == {"a": "INDEXED"})
    again = agent.ingest_knowledge_base_documents(
        **request, documents=[text_document("a", "Another text.")]
    )["documentDetails"]
    assert again == first
    # What is pushed later is done later.
    ingest(agent, custom_source, text_document("b", "The last text."))
    assert statuses(agent, custom_source, "a") == {"a": "INDEXED"}
    assert sorted(texts(runtime, custom_source)) == ["The first text.", "The last text."]


def test_a_removal_that_is_repeated_is_answered_as_before(agent, custom_source):
    ingest(agent, custom_source, text_document("a", "A text."))
    request = {
        **custom_source,
        "clientToken": str(uuid.uuid4()),
        "documentIdentifiers": identifiers("a", "unknown"),
    }
    first = agent.delete_knowledge_base_documents(**request)["documentDetails"]
    assert [detail["status"] for detail in first] == ["DELETING", "NOT_FOUND"]
    wait_until(lambda: statuses(agent, custom_source, "a") == {"a": "NOT_FOUND"})
    assert agent.delete_knowledge_base_documents(**request)["documentDetails"] == first


def junk(id):
    document = text_document(id, "")
    document["content"]["custom"]["inlineContent"] = {
        "type": "BYTE",
        "byteContent": {"mimeType": "application/pdf", "data": b"%PDF-1.7 and then junk"},
    }
    return document


def test_a_removed_document_never_comes_back(agent, runtime, custom_source):
    """It is pushed again at once, and what is pushed cannot be read."""
    for attempt in range(5):
        ingest(agent, custom_source, text_document("a", "The old text."))
        assert texts(runtime, custom_source) == ["The old text."]
        agent.delete_knowledge_base_documents(
            **custom_source, documentIdentifiers=identifiers("a")
        )
        agent.ingest_knowledge_base_documents(**custom_source, documents=[junk("a")])
        assert texts(runtime, custom_source) == [], attempt
        wait_until(lambda: statuses(agent, custom_source, "a") == {"a": "FAILED"})
        assert texts(runtime, custom_source) == [], attempt


def test_a_data_source_that_is_deleted_takes_no_documents(agent, custom_source):
    agent.delete_data_source(**custom_source)
    # Deleting, or gone already; never an exception that the model does not give these operations.
    exceptions = agent.exceptions
    refused = (exceptions.ValidationException, exceptions.ResourceNotFoundException)
    with pytest.raises(refused):
        agent.ingest_knowledge_base_documents(
            **custom_source, documents=[text_document("a", "text")]
        )
    with pytest.raises(refused):
        agent.delete_knowledge_base_documents(
            **custom_source, documentIdentifiers=identifiers("a")
        )


def s3_document():
    content = {"dataSourceType": "S3", "s3": {"s3Location": {"uri": "s3://bucket/key"}}}
    return {"content": content}


def custom(**changes):
    document = text_document("a", "text")
    document["content"]["custom"].update(changes)
    return document


def metadata(**settings):
    return {**text_document("a", "text"), "metadata": {"type": "IN_LINE_ATTRIBUTE", **settings}}


@pytest.mark.parametrize(
    ("document", "part"),
    [
        (s3_document(), "the data source is of type CUSTOM"),
        (custom(sourceType="S3_LOCATION"), "s3Location: S3_LOCATION needs it"),
        (custom(s3Location={"uri": "s3://bucket/key"}), "IN_LINE needs it"),
        (custom(sourceType="FAX"), "enum value set"),
        (custom(inlineContent={"type": "TEXT"}), "needs textContent"),
        (custom(customDocumentIdentifier={"id": "i" * 2049}), "less than or equal to 2048"),
        (
            custom(inlineContent={"type": "TEXT", "textContent": {"data": "x" * 5242881}}),
            "less than or equal to 5242880",
        ),
        (
            custom(
                inlineContent={
                    "type": "BYTE",
                    "byteContent": {"mimeType": "text/plain", "data": b"x" * 5242881},
                }
            ),
            "less than or equal to 5242880",
        ),
        (metadata(), "needs it"),
        (metadata(inlineAttributes=[attribute("k", "v")] * 2), "occurs twice"),
        (metadata(inlineAttributes=[attribute("x-amz-bedrock-kb-x", "v")]), "reserved"),
        (
            metadata(inlineAttributes=[{"key": "k", "value": {"type": "STRING"}}]),
            "must have the member of its type",
        ),
        (
            metadata(accessControlList=[{"name": "u", "type": "USER", "access": "DENY"}]),
            "accessControlList: is not yet supported",
        ),
    ],
)
def test_invalid_documents_are_refused(agent, custom_source, document, part):
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.ingest_knowledge_base_documents(**custom_source, documents=[document])
    assert part in error.value.response["Error"]["Message"]
    assert agent.list_knowledge_base_documents(**custom_source)["documentDetails"] == []


def test_at_most_25_documents_in_a_call(agent, custom_source):
    documents = [text_document(str(number), "text") for number in range(26)]
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.ingest_knowledge_base_documents(**custom_source, documents=documents)
    assert "'documents' failed to satisfy constraint" in str(error.value)


def test_a_folder_takes_no_documents(agent, knowledge_base, tmp_path):
    id = knowledge_base["knowledgeBaseId"]
    created = agent.create_data_source(
        knowledgeBaseId=id, name="folder", dataSourceConfiguration=folder_configuration(tmp_path)
    )["dataSource"]
    source = {"knowledgeBaseId": id, "dataSourceId": created["dataSourceId"]}
    with pytest.raises(agent.exceptions.ValidationException) as error:
        agent.ingest_knowledge_base_documents(**source, documents=[text_document("a", "text")])
    assert "reads a folder" in str(error.value)
    removed = agent.delete_knowledge_base_documents(**source, documentIdentifiers=identifiers("a"))
    assert [detail["status"] for detail in removed["documentDetails"]] == ["NOT_FOUND"]


def test_unknown_ids(agent, custom_source):
    unknown = {**custom_source, "dataSourceId": "ABCDEFGHIJ"}
    not_found = agent.exceptions.ResourceNotFoundException
    with pytest.raises(not_found):
        agent.ingest_knowledge_base_documents(**unknown, documents=[text_document("a", "text")])
    with pytest.raises(not_found):
        agent.list_knowledge_base_documents(**unknown)
    with pytest.raises(not_found):
        agent.get_knowledge_base_documents(**unknown, documentIdentifiers=identifiers("a"))
    with pytest.raises(not_found):
        agent.delete_knowledge_base_documents(**unknown, documentIdentifiers=identifiers("a"))
