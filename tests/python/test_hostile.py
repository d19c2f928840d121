"""Requests that no SDK sends. Each gets a clear refusal, and the server stays well."""

import socket
from urllib.parse import urlsplit

import pytest

from conftest import ROLE, knowledge_base_request


def refused(answer, *parts, error="ValidationException", status=400):
    """Checks that an answer is a refusal in Bedrock's shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["x-amzn-errortype"] == error
    for part in parts:
        assert part in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"name": "\xff"}',
        b'{"name": "a", }',
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"tags": ' + b"[" * 200 + b"]" * 200 + b"}",
    ],
)
def test_what_is_not_json(http, body):
    refused(http.put("/knowledgebases/", content=body), "not JSON")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null"])
def test_json_that_is_no_object(http, body):
    refused(http.put("/knowledgebases/", content=body), "must be a JSON object")


def test_missing_members_are_named(http):
    answer = http.put("/knowledgebases/", json={})
    refused(answer, "3 validation errors detected", "'roleArn'")
    assert [field["name"] for field in answer.json()["fieldList"]] == [
        "knowledgeBaseConfiguration",
        "name",
        "roleArn",
    ]
    refused(http.post("/knowledgebases/ABCDEFGHIJ/retrieve", json={}), "'retrievalQuery'")
    refused(http.post("/retrieveAndGenerate", json={}), "'input'")


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"name": 5}, "'name' failed to satisfy constraint: Member must be a string"),
        ({"name": None}, "'name' failed to satisfy constraint: Member must not be null"),
        ({"tags": ["a"]}, "'tags' failed to satisfy constraint: Member must be an object"),
        ({"tags": {"a": 1}}, "'tags.1.value'"),
        ({"knowledgeBaseConfiguration": "VECTOR"}, "Member must be an object"),
        ({"knowledgeBaseConfiguration": {}}, "'knowledgeBaseConfiguration.type'"),
        ({"roleArn": ROLE + "\n"}, "'roleArn'"),
    ],
)
def test_wrong_types(http, changes, part):
    refused(http.put("/knowledgebases/", json=knowledge_base_request(**changes)), part)


def test_chunks_of_no_tokens(http, knowledge_base):
    """Minima are what boto3 checks by itself."""
    fixed = {"maxTokens": 0, "overlapPercentage": 20}
    chunking = {"chunkingStrategy": "FIXED_SIZE", "fixedSizeChunkingConfiguration": fixed}
    answer = http.put(
        f"/knowledgebases/{knowledge_base['knowledgeBaseId']}/datasources/",
        json={
            "name": "chunks-of-no-tokens",
            "dataSourceConfiguration": {"type": "CUSTOM"},
            "vectorIngestionConfiguration": {"chunkingConfiguration": chunking},
        },
    )
    refused(answer, "maxTokens' failed to satisfy constraint", "greater than or equal to 1")


@pytest.mark.parametrize("results", ["5", 1.5, 0, -1, 10**30, True])
def test_wrong_numbers(http, library, results):
    answer = http.post(
        f"/knowledgebases/{library['knowledgeBaseId']}/retrieve",
        json={
            "retrievalQuery": {"text": "q"},
            "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": results}},
        },
    )
    refused(answer, "numberOfResults")


def test_filters_of_two_operators_or_without_end(http, library):
    condition = {"key": "topic", "value": "sea"}

    def search(filter):
        return http.post(
            f"/knowledgebases/{library['knowledgeBaseId']}/retrieve",
            json={
                "retrievalQuery": {"text": "q"},
                "retrievalConfiguration": {"vectorSearchConfiguration": {"filter": filter}},
            },
        )

    refused(search({"equals": condition, "in": condition}), "exactly one of these set")
    refused(search({}), "exactly one of these set")
    refused(search({"andAll": [{"equals": condition}]}), "greater than or equal to 2")
    deep = {"equals": condition}
    for _ in range(20):
        deep = {"andAll": [deep, {"equals": condition}]}
    refused(search(deep), "nest deeper")
    for _ in range(200):
        deep = {"andAll": [deep, {"equals": condition}]}
    refused(search(deep), "not JSON")


def test_base64_that_is_none(http, custom_source):
    path = "/knowledgebases/{knowledgeBaseId}/datasources/{dataSourceId}/documents"
    content = {"type": "BYTE", "byteContent": {"mimeType": "text/plain", "data": "%%%"}}
    custom = {
        "customDocumentIdentifier": {"id": "a"},
        "sourceType": "IN_LINE",
        "inlineContent": content,
    }
    document = {"content": {"dataSourceType": "CUSTOM", "custom": custom}}
    answer = http.put(path.format(**custom_source), json={"documents": [document]})
    refused(answer, "byteContent.data")


def test_a_body_that_is_too_long(http):
    body = b'{"name": "' + b"a" * (81 * 1024 * 1024) + b'"}'
    answer = http.put("/knowledgebases/", content=body)
    refused(answer, "longer than", "fewer documents", "raise api.body_bytes")


def test_a_body_that_is_too_long_and_does_not_say_so(http):
    pieces = (b" " * 1024 * 1024 for _ in range(81))
    refused(http.put("/knowledgebases/", content=pieces), "longer than")


def test_paths_that_are_not_utf_8(http):
    answer = http.get("/knowledgebases/%FF%FE")
    refused(answer, error="UnknownOperationException", status=404)
    refused(http.get("/knowledgebases/" + "A" * 5000), "'knowledgeBaseId'")
    refused(http.get("/knowledgebases/..%2F..%2Fetc"), "'knowledgeBaseId'")
    refused(http.get("/knowledgebases/%00"), "'knowledgeBaseId'")


def test_bytes_that_are_no_http(endpoint, http):
    address = urlsplit(endpoint)
    for junk in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nno"):
        with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
            connection.sendall(junk)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert http.get("/readyz").status_code == 200
