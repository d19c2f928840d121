"""kill -9 at any moment of the ingestion of a bucket and of a web site changes nothing about its
end: the same documents, no chunk twice, none missing."""

import collections
import random

import pytest
from conftest import unique

from seaweed import Seaweed
from server import Server
from sources import (
    create_source,
    documents,
    ends_within,
    finish,
    retrieve,
    s3_configuration,
    start,
    web_configuration,
)
from web_site import CONFIG, WebSite

# Kills for each source. The corpora are small, for the rate of a crawl is bounded.
KILLS = 25
OBJECTS = 120
PAGES = 24
DUPLICATES = 4
# The longest life of a server, in seconds; the moment within is drawn by lot.
LIFE = 0.4


def text(number):
    words = random.Random(number)
    vocabulary = ["rope", "radio", "avalanche", "shift", "cabin", "invoice", "weather", "sledge"]
    return f"Note {number}: " + " ".join(words.choice(vocabulary) for _ in range(20)) + "."


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    with Seaweed(tmp_path_factory.mktemp("seaweed")) as seaweed:
        name = unique("kill")
        s3 = seaweed.client()
        s3.create_bucket(Bucket=name)
        for number in range(OBJECTS):
            s3.put_object(Bucket=name, Key=f"{number:03}.md", Body=text(number).encode())
        yield seaweed.variables(), "", s3_configuration(name)


@pytest.fixture(scope="module")
def site():
    with WebSite() as site:
        for number in range(PAGES):
            below = [f"/{child}" for child in (2 * number + 1, 2 * number + 2) if child < PAGES]
            # The last ones say what others without links say.
            said = number if number < PAGES - DUPLICATES else number - DUPLICATES
            site.put(f"/{number}", text(said), *below)
        yield {}, CONFIG, web_configuration(f"{site.url}/0", scope="HOST_ONLY")


def end_state(server, source):
    results = retrieve(server, source, "rope radio avalanche", numberOfResults=100)
    chunks = [result["metadata"]["x-amz-bedrock-kb-chunk-id"] for result in results]
    assert len(set(chunks)) == len(chunks), "a chunk came twice"
    found = collections.Counter(round(result["score"], 5) for result in results)
    return documents(server, source), found


@pytest.mark.parametrize("origin", ["bucket", "site"])
def test_kills_change_nothing(origin, tmp_path, request):
    variables, config, configuration = request.getfixturevalue(origin)
    with Server(tmp_path / "undisturbed", config, variables) as server:
        source = create_source(server, configuration)
        assert finish(server, start(server, source))["status"] == "COMPLETE", server.log()
        expect = end_state(server, source)
        server.stop()
    assert len(expect[0]) >= min(OBJECTS, PAGES)
    left_out = [reason for status, reason in expect[0].values() if status == "IGNORED"]
    assert len(left_out) == (DUPLICATES if origin == "site" else 0), left_out

    chance = random.Random(5)
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        assert rounds <= 3 * KILLS, f"only {kills} kills"
        with Server(tmp_path / f"round{rounds}", config, variables) as server:
            source = create_source(server, configuration)
            ids = start(server, source)
            while kills < KILLS and not ends_within(server, ids, chance.random() * LIFE):
                server.kill()
                kills += 1
                server.start()
            assert finish(server, ids)["status"] == "COMPLETE", server.log()
            # Whatever a kill left out of the index, the same job has put there.
            assert end_state(server, source) == expect, f"after {kills} kills"
            server.stop()
    print(f"{kills} kills in {rounds} rounds")
