"""RetrieveAndGenerate, through boto3."""

import pytest

from conftest import TEXT_MODEL


def configuration(library, **changes):
    """The configuration as users write it for AWS."""
    return {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {
            "knowledgeBaseId": library["knowledgeBaseId"],
            "modelArn": TEXT_MODEL,
            **changes,
        },
    }


def ask(runtime, library, text, session=None, **changes):
    optional = {"sessionId": session} if session else {}
    return runtime.retrieve_and_generate(
        input={"text": text},
        retrieveAndGenerateConfiguration=configuration(library, **changes),
        **optional,
    )


def check_citations(answer):
    """Citations cover the answer in order, and each agrees with its text."""
    output = answer["output"]["text"]
    covered = 0
    for citation in answer["citations"]:
        part = citation["generatedResponsePart"]["textResponsePart"]
        start, end = part["span"]["start"], part["span"]["end"]
        assert start >= covered and end >= start
        assert output[start : end + 1] == part["text"]
        covered = end + 1
    assert covered <= len(output)


def test_an_answer_cites_its_sources(runtime, library):
    answer = ask(runtime, library, "How does a glacier move?")
    check_citations(answer)
    assert "moves slowly" in answer["output"]["text"]
    assert "[1]" not in answer["output"]["text"]
    references = [
        reference
        for citation in answer["citations"]
        for reference in citation["retrievedReferences"]
    ]
    assert references
    first = references[0]
    assert first["location"] == {"type": "CUSTOM", "customDocumentLocation": {"id": "glacier"}}
    assert "It moves slowly under its own weight." in first["content"]["text"]
    metadata = first["metadata"]
    assert metadata["topic"] == "ice"
    assert metadata["x-amz-bedrock-kb-source-uri"] == "glacier"
    assert metadata["x-outcrop-score"] > 0


def test_a_session_goes_on(runtime, library):
    first = ask(runtime, library, "What is a glacier?")
    second = ask(runtime, library, "How does it move?", session=first["sessionId"])
    assert second["sessionId"] == first["sessionId"]
    check_citations(second)
    assert ask(runtime, library, "What is a glacier?")["sessionId"] != first["sessionId"]


def test_a_session_goes_on_by_its_id_alone(runtime, library):
    only_fire = {"filter": {"equals": {"key": "topic", "value": "fire"}}}
    first = ask(
        runtime,
        library,
        "What erupts?",
        retrievalConfiguration={"vectorSearchConfiguration": only_fire},
    )
    session = first["sessionId"]
    second = runtime.retrieve_and_generate(
        input={"text": "Where does lava flow?"}, sessionId=session
    )
    assert second["sessionId"] == session
    check_citations(second)
    references = [
        reference
        for citation in second["citations"]
        for reference in citation["retrievedReferences"]
    ]
    assert references
    assert {reference["metadata"]["topic"] for reference in references} == {"fire"}


def test_a_question_needs_a_configuration_or_a_session(runtime):
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        runtime.retrieve_and_generate(input={"text": "q"})
    assert "unless sessionId" in error.value.response["Error"]["Message"]
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        runtime.retrieve_and_generate(
            input={"text": "q"}, sessionId="00000000-0000-4000-8000-000000000000"
        )
    assert "session" in error.value.response["Error"]["Message"]


def test_an_unknown_session_is_refused(runtime, library):
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        ask(runtime, library, "q", session="00000000-0000-4000-8000-000000000000")
    assert "session" in str(error.value).lower()


def test_search_prompt_and_parameters_are_taken(runtime, library):
    answer = ask(
        runtime,
        library,
        "What erupts?",
        retrievalConfiguration={
            "vectorSearchConfiguration": {
                "numberOfResults": 1,
                "filter": {"equals": {"key": "topic", "value": "fire"}},
            }
        },
        generationConfiguration={
            "promptTemplate": {
                "textPromptTemplate": "$search_results$\n$output_format_instructions$\n$query$"
            },
            "inferenceConfig": {
                "textInferenceConfig": {"temperature": 0, "topP": 1, "maxTokens": 512}
            },
        },
    )
    check_citations(answer)
    references = [
        reference
        for citation in answer["citations"]
        for reference in citation["retrievedReferences"]
    ]
    assert references
    assert {reference["metadata"]["topic"] for reference in references} == {"fire"}


def test_nothing_retrieved_is_an_answer_without_references(runtime, knowledge_base):
    answer = ask(runtime, knowledge_base, "What is a glacier?")
    check_citations(answer)
    text = answer["output"]["text"]
    assert text
    [citation] = answer["citations"]
    assert citation["retrievedReferences"] == []
    assert citation["generatedResponsePart"]["textResponsePart"]["text"] == text


EXTERNAL = {
    "type": "EXTERNAL_SOURCES",
    "externalSourcesConfiguration": {
        "modelArn": TEXT_MODEL,
        "sources": [{"sourceType": "S3", "s3Location": {"uri": "s3://bucket/key"}}],
    },
}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"input": {"text": " "}}, "must not be blank"),
        ({"input": {"text": "q" * 20001}}, "less than or equal to 20000"),
        ({"sessionId": "s" * 101}, "less than or equal to 100"),
        ({"sessionId": "no session"}, "regular expression pattern"),
        ({"retrieveAndGenerateConfiguration": EXTERNAL}, "use KNOWLEDGE_BASE"),
        ({"retrieveAndGenerateConfiguration": {"type": "ORACLE"}}, "enum value set"),
        ({"retrieveAndGenerateConfiguration": {"type": "KNOWLEDGE_BASE"}}, "needs it"),
        (
            {
                "sessionConfiguration": {
                    "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/"
                    "00000000-0000-4000-8000-000000000000"
                }
            },
            "sessionConfiguration: is not yet supported",
        ),
    ],
)
def test_invalid_requests_are_refused(runtime, library, changes, part):
    request = {
        "input": {"text": "question"},
        "retrieveAndGenerateConfiguration": configuration(library),
        **changes,
    }
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        runtime.retrieve_and_generate(**request)
    assert part in error.value.response["Error"]["Message"]


def template(text):
    return {"generationConfiguration": {"promptTemplate": {"textPromptTemplate": text}}}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"modelArn": "No Such Model"}, "regular expression pattern"),
        (template("Answer $query$."), "must include $search_results$"),
        (template("$search_results$ $conversation_history$"), "belongs to orchestration"),
        (
            {
                "generationConfiguration": {
                    "guardrailConfiguration": {"guardrailId": "g", "guardrailVersion": "1"}
                }
            },
            "not yet supported",
        ),
        (
            {"generationConfiguration": {"additionalModelRequestFields": {"top_k": 5}}},
            "not yet supported",
        ),
        (
            {
                "generationConfiguration": {
                    "inferenceConfig": {"textInferenceConfig": {"temperature": 1.5}}
                }
            },
            "less than or equal to 1",
        ),
        (
            {
                "orchestrationConfiguration": {
                    "queryTransformationConfiguration": {"type": "QUERY_DECOMPOSITION"}
                }
            },
            "not yet supported",
        ),
    ],
)
def test_invalid_settings_are_refused(runtime, library, changes, part):
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        ask(runtime, library, "question", **changes)
    assert part in error.value.response["Error"]["Message"]


def test_an_unknown_knowledge_base(runtime):
    with pytest.raises(runtime.exceptions.ResourceNotFoundException):
        ask(runtime, {"knowledgeBaseId": "ABCDEFGHIJ"}, "question")
