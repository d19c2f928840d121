"""The script with three data sources, as a user of AWS would write it, and the documentation's
copy of it."""

import json
import subprocess
import sys
from pathlib import Path

from conftest import CREDENTIALS
from fakes import CLOUD, CONFLUENCE_LOGIN, Fakes
from seaweed import Seaweed
from server import REPOSITORY, Server, environment
from web_site import WebSite

SCRIPT = Path(__file__).with_name("three_sources.py")


def test_each_source_is_found_with_its_type_and_uri(tmp_path):
    with (
        Seaweed(tmp_path / "seaweed") as seaweed,
        WebSite() as site,
        Fakes() as fakes,
        Server(tmp_path / "data", fakes.config(), seaweed.variables()) as server,
    ):
        s3 = seaweed.client()
        s3.create_bucket(Bucket="papers")
        reef = b"# Reefs\n\nCoral reefs shelter a quarter of all marine species.\n"
        s3.put_object(Bucket="papers", Key="sea/reef.md", Body=reef)
        site.put("/", "Welcome to the railway museum.", "/engines")
        site.put("/engines", "Steam engines drove the first railways.")
        fakes.tell("cloud", "add_space", id="1", key="OPS", name="Operations")
        radio = "<p>The <strong>radio</strong> of the rescue team is on channel seven.</p>"
        fakes.tell("cloud", "put", kind="page", id="10", title="Radio", space="1", body=radio)
        server.set_secret("wiki", CONFLUENCE_LOGIN)
        wiki = f"https://{CLOUD}"
        page = f"{wiki}/wiki/spaces/1/x/10"
        questions = {
            "Where do marine species live?": (
                {"type": "S3", "s3Location": {"uri": "s3://papers/sea/reef.md"}},
                "Coral reefs shelter",
            ),
            "What drove the first railways?": (
                {"type": "WEB", "webLocation": {"url": f"{site.url}/engines"}},
                "Steam engines drove",
            ),
            "Which channel has the radio?": (
                {"type": "CONFLUENCE", "confluenceLocation": {"url": page}},
                "on channel seven",
            ),
        }
        done = subprocess.run(
            [sys.executable, SCRIPT, server.address, "papers", site.url, wiki, *questions],
            env=environment() | CREDENTIALS,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        server.stop()
    assert done.returncode == 0, done.stderr
    answers = [line.split("\t") for line in done.stdout.splitlines()]
    for (expect, words), (location, passage) in zip(questions.values(), answers, strict=True):
        assert json.loads(location) == expect
        assert words in passage


def test_the_documentation_shows_the_script():
    code = SCRIPT.read_text().split('"""\n\n')[1]
    assert code in (REPOSITORY / "docs/data-sources.md").read_text()
