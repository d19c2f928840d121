"""kill -9 at any moment of the synchronisation of a bucket, a web site and a Confluence changes
nothing about its end: the same documents, no chunk twice, none missing.

Each source has changed since the job before: something is new, something changed, something is
gone, and the rest stayed. All jobs, the undisturbed one too, begin with a copy of the same data.
"""

import contextlib
import random
import shutil

import fake_embeddings
import pytest
from conftest import unique
from fakes import CLOUD, CONFLUENCE_LOGIN, Fakes
from kills import LOG, Kills, Phase, end_state
from seaweed import Seaweed
from server import Server
from sources import (
    confluence_configuration,
    create_source,
    finish,
    s3_configuration,
    start,
    web_configuration,
)
from web_site import CONFIG, WebSite

# Kills for each source.
KILLS = 50
KILLS_IN_EACH_PHASE = 8

# Documents by number. The site is spread over hosts, each of which is asked five times a second.
OLD = range(0, 30)
NEW = range(15, 60)
CHANGED = range(15, 22)
GONE = [number for number in OLD if number not in NEW]
ADDED = [number for number in NEW if number not in OLD]
SITES = 8


def text(number, version=1):
    words = random.Random(number * 1_000 + version)
    vocabulary = ["rope", "radio", "avalanche", "shift", "cabin", "invoice", "weather", "sledge"]
    return f"Note {number}: " + " ".join(words.choice(vocabulary) for _ in range(20)) + "."


class Bucket:
    """Objects of a SeaweedFS."""

    def __init__(self, seaweed):
        self.s3 = seaweed.client()
        self.bucket = unique("kill")
        self.s3.create_bucket(Bucket=self.bucket)
        self.variables = seaweed.variables()
        self.config = ""
        self.configuration = s3_configuration(self.bucket)

    def put(self, documents):
        for number, words in documents.items():
            self.s3.put_object(Bucket=self.bucket, Key=f"{number:03}.md", Body=words.encode())

    def remove(self, numbers):
        for number in numbers:
            self.s3.delete_object(Bucket=self.bucket, Key=f"{number:03}.md")


class Sites:
    """Pages of some sites on loopback, all of which the seed of their site leads to."""

    def __init__(self, sites):
        self.sites = sites
        self.numbers = set()
        self.variables = {}
        self.config = CONFIG
        self.configuration = web_configuration(*(f"{site.url}/" for site in sites))

    def put(self, documents):
        self.numbers |= set(documents)
        for number, words in documents.items():
            self.site(number).put(f"/{number}", words)
        self.link()

    def remove(self, numbers):
        self.numbers -= set(numbers)
        for number in numbers:
            del self.site(number).pages[f"/{number}"]
        self.link()

    def site(self, number):
        return self.sites[number % len(self.sites)]

    def link(self):
        for at, site in enumerate(self.sites):
            links = [f"/{number}" for number in sorted(self.numbers) if self.site(number) is site]
            site.put("/", f"Station {at} has notes.", *links)


class Wiki:
    """Pages of a space, each with another below it, in a Confluence on Cloud."""

    def __init__(self, fakes):
        self.fakes = fakes
        self.variables = {}
        self.config = fakes.config()
        self.secret = CONFLUENCE_LOGIN
        arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:wiki"
        self.configuration = confluence_configuration(CLOUD, arn)
        fakes.tell("cloud", "add_space", id="1", key="OPS", name="Operations")
        # Listings come in many pages, so that there are many moments in them.
        fakes.tell("cloud", "set_page_size", size=8)

    def put(self, documents):
        for number, words in documents.items():
            above = {} if number % 2 == 0 else {"parent": str(1_000 + number - 1)}
            page = {"id": str(1_000 + number), "title": f"Note {number}", "space": "1", **above}
            self.fakes.tell("cloud", "put", kind="page", body=f"<p>{words}</p>", **page)

    def remove(self, numbers):
        for number in numbers:
            self.fakes.tell("cloud", "remove", id=str(1_000 + number))


@contextlib.contextmanager
def bucket(directory):
    with Seaweed(directory / "seaweed") as seaweed:
        yield Bucket(seaweed)


@contextlib.contextmanager
def sites(_):
    with contextlib.ExitStack() as stack:
        yield Sites([stack.enter_context(WebSite()) for _ in range(SITES)])


@contextlib.contextmanager
def wiki(_):
    with Fakes() as fakes:
        yield Wiki(fakes)


PHASES = {
    "list": Phase("ingestion job runs", seconds=0.1),
    "read": Phase("parse document", lines=30),
    "write": Phase("write chunks", lines=30),
    "record": Phase("recorded", lines=3),
    "remove": Phase("removed revisions"),
}


@pytest.mark.parametrize("origin", [bucket, sites, wiki])
def test_fifty_kills_change_nothing(origin, tmp_path):
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(origin(tmp_path))
        config = LOG + stack.enter_context(fake_embeddings.serving()) + source.config
        first = tmp_path / "first"

        def resume(name):
            """A server on a copy of the data of the first job."""
            shutil.copytree(first, tmp_path / name)
            return Server(tmp_path / name, config, source.variables)

        source.put({number: text(number) for number in OLD})
        with Server(first, config, source.variables) as server:
            if hasattr(source, "secret"):
                server.set_secret("wiki", source.secret)
            ids = create_source(server, source.configuration)
            assert finish(server, start(server, ids))["status"] == "COMPLETE", server.log()
            server.stop()

        source.remove(GONE)
        source.put({number: text(number, version=2) for number in (*CHANGED, *ADDED)})
        with resume("undisturbed") as server:
            job = start(server, ids)
            finish(server, job)
            expect = end_state(server, job)
            server.stop()
        print(expect["statistics"])
        assert expect["status"] == "COMPLETE", expect
        assert expect["statistics"]["numberOfDocumentsDeleted"] == len(GONE)
        assert expect["statistics"]["numberOfNewDocumentsIndexed"] == len(ADDED)
        assert expect["vectors"] == expect["chunks"] == len(expect["documents"]) >= len(NEW)

        kills = Kills(PHASES, random.Random(5))
        rounds = 0
        while not kills.are(KILLS, in_each_phase=KILLS_IN_EACH_PHASE):
            rounds += 1
            assert rounds <= 2 * KILLS, f"only {kills.of_phase}"
            with resume(f"round{rounds}") as server:
                job = start(server, ids)
                kills.strike(server, job)
                finish(server, job)
                # Whatever a kill left out of the index, the same job has put there.
                assert end_state(server, job) == expect, f"after {kills.of_phase}"
                server.stop()
            shutil.rmtree(tmp_path / f"round{rounds}")
        print(f"{dict(kills.of_phase)} in {rounds} rounds; scanned: {sorted(kills.scanned)}")
        # The blows fell all over the job.
        scanned = expect["statistics"]["numberOfDocumentsScanned"]
        assert min(kills.scanned) == 0 and max(kills.scanned) > scanned // 2
