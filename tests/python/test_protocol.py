"""Protocol: routes, HTTP/2, operations that are not offered, health and status."""

import httpx
import pytest
from botocore.exceptions import ClientError

from conftest import knowledge_base_request


def test_http_2_without_tls(endpoint, library):
    with httpx.Client(base_url=endpoint, http1=False, http2=True) as client:
        for _ in range(2):
            answer = client.post(
                f"/knowledgebases/{library['knowledgeBaseId']}/retrieve",
                json={"retrievalQuery": {"text": "ice"}},
            )
            assert (answer.http_version, answer.status_code) == ("HTTP/2", 200)
            assert answer.json()["retrievalResults"]


@pytest.mark.parametrize("path", ["/knowledgebases", "/knowledgebases/"])
def test_paths_with_and_without_a_slash_at_the_end(http, path):
    assert "knowledgeBaseSummaries" in http.post(path, json={}).json()
    assert "knowledgeBaseSummaries" in http.post(path).json()


def test_arns_in_paths_escaped_and_raw(http, knowledge_base):
    arn = knowledge_base["knowledgeBaseArn"]
    for escaped in (
        arn.replace(":", "%3A").replace("/", "%2F"),
        arn.replace("/", "%2F"),
        arn.replace("/", "%2f") + "/",
    ):
        answer = http.get(f"/tags/{escaped}")
        assert (answer.status_code, answer.json()) == (200, {"tags": {}})


def test_any_content_type_is_taken(http):
    for headers in ({}, {"content-type": "application/octet-stream"}):
        answer = http.post("/knowledgebases/", content=b'{"maxResults": 1}', headers=headers)
        assert answer.status_code == 200


def test_every_response_has_its_own_request_id(http):
    ids = {http.get(path).headers["x-amzn-requestid"] for path in ("/livez", "/none", "/livez")}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("bedrock", "list_foundation_models", {}),
        ("bedrock-agent", "list_agents", {}),
        ("bedrock-agent-runtime", "create_session", {}),
        (
            "bedrock-agent-runtime",
            "agentic_retrieve_stream",
            {
                "messages": [{"role": "user", "content": {"text": "q"}}],
                "retrievers": [
                    {"configuration": {"knowledgeBase": {"knowledgeBaseId": "ABCDEFGHIJ"}}}
                ],
                "agenticRetrieveConfiguration": {"foundationModelType": "MANAGED"},
            },
        ),
        (
            "bedrock-agent-runtime",
            "list_tags_for_resource",
            {"resourceArn": "arn:aws:bedrock:us-east-1:123456789012:session/0-0-0-0-0"},
        ),
        ("bedrock-runtime", "invoke_model", {"modelId": "amazon.titan-text", "body": b"{}"}),
    ],
)
def test_operations_that_are_not_offered_say_so(client, service, operation, arguments):
    caller = client(service)
    with pytest.raises(ClientError) as error:
        getattr(caller, operation)(**arguments)
    told = error.value.response["Error"]
    assert told["Code"] == "UnknownOperationException"
    name = caller.meta.method_to_api_mapping[operation]
    assert told["Message"] == f"{name} of {service} is not offered by this server"


def test_unknown_paths_say_so(http):
    for method, path in (("GET", "/nothing/here"), ("PATCH", "/knowledgebases/"), ("GET", "/")):
        answer = http.request(method, path)
        assert answer.status_code == 404
        assert answer.headers["x-amzn-errortype"] == "UnknownOperationException"
        assert f"{method} {path}" in answer.json()["message"]


def test_health(http):
    assert http.get("/livez").status_code == 200
    assert http.get("/readyz").status_code == 200


def test_status_counts_what_is_there(http, library):
    status = http.get("/outcrop/status").json()
    assert status["version"]
    bases = {base["knowledgeBaseId"]: base for base in status["knowledgeBases"]}
    base = bases[library["knowledgeBaseId"]]
    assert base["status"] == "ACTIVE" and base["chunks"] >= 3
    source = base["dataSources"][0]
    assert source["dataSourceId"] == library["dataSourceId"]
    assert source["documents"] == {"INDEXED": 3}


def test_web_pages_are_kept_out(http, endpoint):
    for headers in ({"origin": "https://pages.example"}, {"host": "pages.example"}):
        for method, path in (
            ("POST", "/knowledgebases/"),
            ("GET", "/outcrop/status"),
            ("GET", "/readyz"),
            ("GET", "/elsewhere"),
        ):
            answer = http.request(method, path, headers=headers)
            assert answer.status_code == 403, path
            assert answer.headers["x-amzn-errortype"] == "AccessDeniedException"
    assert http.post("/knowledgebases/", headers={"origin": endpoint}).status_code == 200


def test_members_that_newer_clients_send_are_passed_over(http):
    request = {**knowledge_base_request(), "memberOfTheFuture": {"a": [1]}}
    answer = http.put("/knowledgebases/", json=request)
    assert answer.status_code == 202
    id = answer.json()["knowledgeBase"]["knowledgeBaseId"]
    assert http.delete(f"/knowledgebases/{id}").status_code == 202
