"""Retrieve, through boto3."""

import pytest

from conftest import LIBRARY, create_custom_source, ingest, text_document


def search(runtime, library, text="water and ice", **settings):
    """The results of a question."""
    configuration = {"vectorSearchConfiguration": settings} if settings else None
    optional = {"retrievalConfiguration": configuration} if configuration else {}
    return runtime.retrieve(
        knowledgeBaseId=library["knowledgeBaseId"], retrievalQuery={"text": text}, **optional
    )["retrievalResults"]


def ids(results):
    return [result["location"]["customDocumentLocation"]["id"] for result in results]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Which animals live on coral reefs?", "reef"),
        ("How does a glacier move?", "glacier"),
        ("What happens when magma reaches the surface?", "volcano"),
    ],
)
@pytest.mark.parametrize("search_type", ["SEMANTIC", "HYBRID"])
def test_the_best_chunk_comes_first(runtime, library, question, first, search_type):
    results = search(runtime, library, question, overrideSearchType=search_type)
    assert ids(results)[0] == first
    scores = [result["score"] for result in results]
    assert scores == sorted(scores, reverse=True)


def test_a_result_carries_its_place_and_metadata(runtime, library):
    result = search(runtime, library, "coral reefs", numberOfResults=1)[0]
    text, attributes = LIBRARY["reef"]
    assert result["content"] == {"type": "TEXT", "text": text}
    assert result["location"] == {"type": "CUSTOM", "customDocumentLocation": {"id": "reef"}}
    metadata = result["metadata"]
    assert {name: metadata[name] for name in attributes} == attributes
    assert metadata["x-amz-bedrock-kb-source-uri"] == "reef"
    assert metadata["x-amz-bedrock-kb-data-source-id"] == library["dataSourceId"]
    assert metadata["x-amz-bedrock-kb-chunk-id"]
    start, end = metadata["x-outcrop-span-start"], metadata["x-outcrop-span-end"]
    assert text[start:end] == text
    assert result["documentId"]


def test_the_knowledge_base_may_be_named_by_its_arn(runtime, library):
    by_arn = {"knowledgeBaseId": library["knowledgeBaseArn"]}
    assert ids(search(runtime, by_arn)) == ids(search(runtime, library))


def test_either_search_configuration_is_taken(runtime, library):
    managed = runtime.retrieve(
        knowledgeBaseId=library["knowledgeBaseId"],
        retrievalQuery={"text": "ice", "type": "TEXT"},
        retrievalConfiguration={"managedSearchConfiguration": {"numberOfResults": 2}},
    )["retrievalResults"]
    assert ids(managed) == ids(search(runtime, library, "ice", numberOfResults=2))


def condition(operator, key, value):
    return {operator: {"key": key, "value": value}}


SEA, ICE = condition("equals", "topic", "sea"), condition("equals", "topic", "ice")


@pytest.mark.parametrize(
    ("condition", "expect"),
    [
        (SEA, {"reef"}),
        (condition("equals", "public", True), {"reef", "glacier"}),
        (condition("equals", "year", 2021), {"glacier"}),
        (condition("notEquals", "topic", "sea"), {"glacier", "volcano"}),
        (condition("notEquals", "absent", "x"), {"reef", "glacier", "volcano"}),
        (condition("greaterThan", "year", 2021), {"volcano"}),
        (condition("greaterThanOrEquals", "year", 2021), {"glacier", "volcano"}),
        (condition("lessThan", "year", 2021), {"reef"}),
        (condition("lessThanOrEquals", "year", 2020.5), {"reef"}),
        (condition("in", "topic", ["sea", "fire"]), {"reef", "volcano"}),
        (condition("notIn", "topic", ["sea", "fire"]), {"glacier"}),
        (condition("in", "year", [2020, 2022]), {"reef", "volcano"}),
        (condition("notIn", "year", [2020, 2022.0]), {"glacier"}),
        (condition("in", "year", ["2020", 2021]), {"glacier"}),
        (condition("in", "public", [False]), {"volcano"}),
        (condition("in", "topic", []), set()),
        (condition("notIn", "absent", [1]), set()),
        (condition("listContains", "tags", "water"), {"reef", "glacier"}),
        ({"orAll": [SEA, ICE]}, {"reef", "glacier"}),
        ({"andAll": [SEA, ICE]}, set()),
        (
            {"andAll": [{"orAll": [SEA, ICE]}, condition("greaterThan", "year", 2020)]},
            {"glacier"},
        ),
    ],
)
def test_filters_select_documents(runtime, library, condition, expect):
    assert set(ids(search(runtime, library, filter=condition))) == expect


@pytest.mark.parametrize("operator", ["startsWith", "stringContains"])
def test_operators_that_the_index_lacks_say_so(runtime, library, operator):
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        search(runtime, library, filter=condition(operator, "topic", "se"))
    assert operator in error.value.response["Error"]["Message"]


def test_the_number_of_results_is_five_unless_asked(agent, runtime, knowledge_base):
    source = create_custom_source(agent, knowledge_base["knowledgeBaseId"])
    ingest(agent, source, *(text_document(f"d{n}", f"Fact number {n}.") for n in range(8)))
    assert len(search(runtime, source, "fact")) == 5
    assert len(search(runtime, source, "fact", numberOfResults=7)) == 7
    assert len(search(runtime, source, "fact", numberOfResults=100)) == 8


def test_nothing_is_found_in_an_empty_knowledge_base(runtime, knowledge_base):
    assert search(runtime, knowledge_base) == []


def test_numbers_and_lists_come_back_as_they_are(agent, runtime, custom_source):
    values = {"n": 1.5, "list": ["a", "b"], "flag": False, "text": "1"}
    ingest(agent, custom_source, text_document("typed", "Typed values.", **values))
    metadata = search(runtime, custom_source)[0]["metadata"]
    found = {name: metadata[name] for name in values}
    assert found == values
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in values.items()
    }


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"knowledgeBaseId": "not-an-id-either"}, "'knowledgeBaseId' failed to satisfy"),
        ({"retrievalQuery": {"text": ""}}, "must not be blank"),
        ({"retrievalQuery": {}}, "must not be blank"),
        ({"retrievalQuery": {"text": "q" * 20001}}, "less than or equal to 20000"),
        ({"retrievalQuery": {"type": "VIDEO", "text": "q"}}, "enum value set"),
        (
            {"retrievalQuery": {"type": "IMAGE", "image": {"format": "png", "inlineContent": b"x"}}},
            "not yet supported",
        ),
        ({"userContext": {"userId": "u"}}, "userContext: is not yet supported"),
        (
            {"guardrailConfiguration": {"guardrailId": "g", "guardrailVersion": "1"}},
            "not yet supported",
        ),
        ({"nextToken": "made-up"}, "nextToken"),
    ],
)
def test_invalid_requests_are_refused(runtime, library, changes, part):
    request = {
        "knowledgeBaseId": library["knowledgeBaseId"],
        "retrievalQuery": {"text": "question"},
        **changes,
    }
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        runtime.retrieve(**request)
    assert part in error.value.response["Error"]["Message"]


RERANKING = {
    "type": "BEDROCK_RERANKING_MODEL",
    "bedrockRerankingConfiguration": {
        "modelConfiguration": {
            "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
        }
    },
}


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"numberOfResults": 101}, "less than or equal to 100"),
        ({"overrideSearchType": "PSYCHIC"}, "enum value set: [HYBRID, SEMANTIC]"),
        ({"filter": condition("lessThan", "year", "2020")}, "must be a number"),
        ({"filter": condition("in", "topic", "sea")}, "must be a list of texts"),
        ({"filter": condition("equals", "topic", {"a": 1})}, "must be a text"),
        ({"filter": condition("equals", "k" * 101, "v")}, "less than or equal to 100"),
        ({"rerankingConfiguration": RERANKING}, "not yet supported"),
    ],
)
def test_invalid_searches_are_refused(runtime, library, settings, part):
    with pytest.raises(runtime.exceptions.ValidationException) as error:
        search(runtime, library, **settings)
    assert part in error.value.response["Error"]["Message"]


def test_an_unknown_knowledge_base(runtime):
    with pytest.raises(runtime.exceptions.ResourceNotFoundException):
        runtime.retrieve(knowledgeBaseId="ABCDEFGHIJ", retrievalQuery={"text": "q"})
