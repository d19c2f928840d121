"""kill -9 at any moment of an ingestion, again and again, changes nothing about its end."""

import random

import fake_embeddings
import pytest
from kills import LOG, Kills, Phase, end_state
from server import Server
from sources import create_source, finish, folder_configuration, start

DOCUMENTS = 500
KILLS = 30
KILLS_IN_EACH_PHASE = 5

PHASES = {
    "parse": Phase("parse document", lines=25),
    "write": Phase("write chunks", lines=25),
    "optimise": Phase("optimise"),
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """500 short documents; every tenth has several chunks, every fiftieth cannot be read."""
    directory = tmp_path_factory.mktemp("corpus")
    words = random.Random(7)
    vocabulary = ["rope", "radio", "avalanche", "shift", "cabin", "invoice", "weather", "sledge"]

    def sentence():
        return " ".join(words.choice(vocabulary) for _ in range(12)).capitalize() + "."

    for number in range(DOCUMENTS):
        paragraphs = 40 if number % 10 == 0 else 1
        text = "\n\n".join(f"{sentence()} {sentence()}" for _ in range(paragraphs))
        path = directory / f"part{number % 7}" / f"document{number:03}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("" if number % 50 == 49 else f"# Document {number}\n\n{text}\n")
    return directory


@pytest.fixture(scope="module")
def config():
    with fake_embeddings.serving() as configuration:
        yield LOG + configuration + """
[vectors.embedded]
optimise_at = 60
optimise_growth = 0.1
"""


def test_thirty_kills_change_nothing(tmp_path, corpus, config):
    with Server(tmp_path / "undisturbed", config) as server:
        ids = start(server, create_source(server, folder_configuration(corpus)))
        finish(server, ids)
        expect = end_state(server, ids)
        server.stop()
    assert expect["status"] == "COMPLETE"
    assert expect["statistics"]["numberOfDocumentsScanned"] == DOCUMENTS
    assert expect["statistics"]["numberOfDocumentsFailed"] == DOCUMENTS // 50
    assert expect["vectors"] == expect["chunks"] > DOCUMENTS

    kills = Kills(PHASES, random.Random(11))
    rounds = 0
    while not kills.are(KILLS, in_each_phase=KILLS_IN_EACH_PHASE):
        rounds += 1
        assert rounds <= 20, f"too many rounds for {kills.of_phase}"
        with Server(tmp_path / f"round{rounds}", config) as server:
            ids = start(server, create_source(server, folder_configuration(corpus)))
            kills.strike(server, ids)
            finish(server, ids)
            assert end_state(server, ids) == expect, f"after {kills.of_phase}"
            server.stop()
    print(f"kills: {dict(kills.of_phase)} in {rounds} rounds")
