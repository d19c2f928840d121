"""HIERARCHICAL and SEMANTIC chunking, through boto3 and over restarts."""

import pytest
from conftest import knowledge_base_request, unique, wait_until
from server import Server
from sources import finish, folder_configuration, start

HIERARCHICAL = {
    "chunkingStrategy": "HIERARCHICAL",
    "hierarchicalChunkingConfiguration": {
        "levelConfigurations": [{"maxTokens": 120}, {"maxTokens": 20}],
        "overlapTokens": 4,
    },
}
SEMANTIC = {
    "chunkingStrategy": "SEMANTIC",
    "semanticChunkingConfiguration": {
        "maxTokens": 200,
        "bufferSize": 0,
        "breakpointPercentileThreshold": 80,
    },
}
REEF = (
    "Coral reefs grow in warm and shallow water. Reefs shelter a quarter of all marine species. "
    "Corals are animals that live in colonies. "
)
VOLCANO = (
    "A volcano erupts when magma reaches the surface. Lava flows down the slopes of a volcano. "
    "Ash from an eruption of a volcano may cool the climate. "
)


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path / "data") as server:
        yield server
        server.stop()


def create(server, folder, chunking):
    """A knowledge base of a folder's files, cut in this way."""
    agent = server.client("bedrock-agent")
    created = agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]
    vectors = {"chunkingConfiguration": chunking}
    source = agent.create_data_source(
        knowledgeBaseId=created["knowledgeBaseId"],
        name=unique("source"),
        dataSourceConfiguration=folder_configuration(folder),
        vectorIngestionConfiguration=vectors,
    )["dataSource"]
    assert source["vectorIngestionConfiguration"] == vectors
    return {name: source[name] for name in ("knowledgeBaseId", "dataSourceId")}


def search(server, ids, text, **settings):
    results = server.client("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=ids["knowledgeBaseId"],
        retrievalQuery={"text": text},
        retrievalConfiguration={"vectorSearchConfiguration": settings},
    )["retrievalResults"]
    for result in results:
        found, metadata = result["content"]["text"], result["metadata"]
        span = metadata["x-outcrop-span-end"] - metadata["x-outcrop-span-start"]
        assert span == len(found)
    return results


def texts(results):
    return [result["content"]["text"] for result in results]


@pytest.mark.parametrize("search_type", ["SEMANTIC", "HYBRID"])
def test_children_are_searched_and_parents_returned(server, tmp_path, search_type):
    folder = tmp_path / "files"
    folder.mkdir()
    text = f"# Earth\n\n## Reefs\n\n{REEF * 3}\n\n## Volcanoes\n\n{VOLCANO * 3}\n"
    (folder / "earth.md").write_text(text)
    ids = create(server, folder, HIERARCHICAL)
    finish(server, start(server, ids))

    def check(text):
        found = search(
            server, ids, "When does a volcano erupt?", numberOfResults=4, overrideSearchType=search_type
        )
        # Four children of at most twenty tokens, in fewer parents that hold them.
        assert 1 <= len(found) < 4
        assert len(set(texts(found))) == len(found)
        assert "erupts when magma reaches the surface" in texts(found)[0]
        assert len(texts(found)[0]) > 200
        for result in found:
            metadata = result["metadata"]
            span = slice(metadata["x-outcrop-span-start"], metadata["x-outcrop-span-end"])
            assert text[span] == result["content"]["text"]
        return found

    before = check(text)
    server.kill()
    server.start()
    assert texts(check(text)) == texts(before)

    # Other attributes, then other contents, then nothing.
    (folder / "earth.md.metadata.json").write_text('{"metadataAttributes": {"topic": "fire"}}')
    finish(server, start(server, ids))
    assert texts(check(text)) == texts(before)
    assert check(text)[0]["metadata"]["topic"] == "fire"
    changed = text.replace("## Reefs", "## Coral reefs and what lives on them")
    (folder / "earth.md").write_text(changed)
    finish(server, start(server, ids))
    check(changed)
    (folder / "other.md").write_text("Nothing of the kind.")
    (folder / "earth.md").unlink()
    (folder / "earth.md.metadata.json").unlink()
    finish(server, start(server, ids))
    assert texts(search(server, ids, "volcano")) == ["Nothing of the kind."]


def test_texts_are_cut_where_the_meaning_turns(server, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "earth.txt").write_text(REEF + VOLCANO)
    ids = create(server, folder, SEMANTIC)
    finish(server, start(server, ids))
    found = search(server, ids, "When does a volcano erupt?")
    assert texts(found) == [VOLCANO.strip(), REEF.strip()]

    server.kill()
    server.start()
    (folder / "earth.txt").write_text(VOLCANO + REEF)
    finish(server, start(server, ids))
    wait_until(lambda: len(search(server, ids, "volcano")) == 2)
    assert texts(search(server, ids, "When does a volcano erupt?"))[0] == VOLCANO.strip()
