"""LangChain's retriever for knowledge bases, unmodified."""

from langchain_aws.retrievers import AmazonKnowledgeBasesRetriever

from conftest import CREDENTIALS, LIBRARY


def retriever(endpoint, library, monkeypatch, **settings):
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return AmazonKnowledgeBasesRetriever(
        knowledge_base_id=library["knowledgeBaseId"],
        endpoint_url=endpoint,
        region_name="us-east-1",
        **settings,
    )


def test_documents_come_with_their_sources(endpoint, library, monkeypatch):
    found = retriever(endpoint, library, monkeypatch).invoke("How does a glacier move?")
    assert found[0].page_content == LIBRARY["glacier"][0]
    metadata = found[0].metadata
    assert metadata["location"]["customDocumentLocation"]["id"] == "glacier"
    assert metadata["source_metadata"]["topic"] == "ice"
    assert 0 < metadata["score"] <= 1


def test_settings_and_filters_arrive(endpoint, library, monkeypatch):
    configuration = {
        "vectorSearchConfiguration": {
            "numberOfResults": 2,
            "filter": {"in": {"key": "topic", "value": ["sea", "fire"]}},
        }
    }
    found = retriever(endpoint, library, monkeypatch, retrieval_config=configuration)
    topics = {document.metadata["source_metadata"]["topic"] for document in found.invoke("ice")}
    assert topics == {"sea", "fire"}


def test_a_score_can_be_demanded(endpoint, library, monkeypatch):
    demanding = retriever(endpoint, library, monkeypatch, min_score_confidence=0.99)
    assert demanding.invoke("unrelated words") == []
