"""Secrets, schedules and a large directory, against a server of the test's own."""

import contextlib
import json
import sqlite3
import subprocess
from pathlib import Path

import httpx
import pytest

from conftest import knowledge_base_request, unique, wait_until
from server import Server, binary, environment
from test_data_sources import folder

DOCUMENTATION = Path("/usr/share/doc")

# Enough files to be several pages of anything, few enough to stay quick.
MOST = 1000


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path / "data") as server:
        yield server


def outcrop(server, *arguments, stdin=None):
    """Runs a command on the server's data directory."""
    command = [binary(), *arguments, "--data-dir", server.data_dir, "--json"]
    done = subprocess.run(
        command,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def create(server, configuration):
    """A data source in a knowledge base of its own."""
    agent = server.client("bedrock-agent")
    created = agent.create_knowledge_base(**knowledge_base_request())["knowledgeBase"]
    made = agent.create_data_source(
        knowledgeBaseId=created["knowledgeBaseId"],
        name=unique("ds"),
        dataSourceConfiguration=configuration,
    )["dataSource"]
    return {name: made[name] for name in ("knowledgeBaseId", "dataSourceId")}


def test_a_secret_never_comes_out_again(server):
    told = outcrop(server, "secret", "set", "wiki", stdin="username=ann\npassword=hunter2\n")
    assert told["arn"].endswith(":secret:wiki")
    assert outcrop(server, "secret", "list")["secrets"] == [told]
    # What a web page could send is kept out here as everywhere.
    answer = httpx.get(f"{server.address}/outcrop/secrets", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    server.stop()
    kept = [path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file()]
    assert not any(b"hunter2" in content for content in kept)
    assert "hunter2" not in "".join(server.lines)


def test_a_schedule_is_shown_and_a_moment_that_was_missed_is_made_up_for(server, tmp_path):
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.md").write_text("# A\n\nWhat is said about a.\n")
    source = create(server, folder(documents, schedule="0 3 1 1 *"))
    agent = server.client("bedrock-agent")
    [shown] = outcrop(server, "status")["knowledgeBases"][0]["dataSources"]
    assert shown["nextIngestionJobAt"].endswith("-01-01T03:00:00Z")
    assert not agent.list_ingestion_jobs(**source)["ingestionJobSummaries"]

    def started():
        jobs = server.client("bedrock-agent").list_ingestion_jobs(**source)["ingestionJobSummaries"]
        return [job for job in jobs if job["status"] == "COMPLETE"]

    # The moment passes while nothing is served.
    server.stop()
    with contextlib.closing(sqlite3.connect(server.data_dir / "catalog.sqlite")) as catalog:
        catalog.execute("UPDATE data_sources SET next_sync_at = 0")
        catalog.commit()
    server.start()
    [job] = wait_until(started)
    assert job["description"] == "Started by the schedule"
    assert job["statistics"]["numberOfNewDocumentsIndexed"] == 1


def test_every_file_of_a_real_directory_is_accounted_for(server, tmp_path):
    found = (path for path in sorted(DOCUMENTATION.rglob("*")) if path.is_file())
    files = [path for path, _ in zip(found, range(MOST))]
    if len(files) < 500:
        pytest.skip(f"{DOCUMENTATION} has {len(files)} files only")
    documents = tmp_path / "documents"
    for path in files:
        copy = documents / path.relative_to(DOCUMENTATION)
        copy.parent.mkdir(parents=True, exist_ok=True)
        # The head of each: this is about every file, not about all their text.
        copy.write_bytes(path.read_bytes()[:300])
    source = create(server, folder(documents))
    synced = outcrop(server, "sync", source["dataSourceId"])
    statistics = synced["statistics"]
    indexed = statistics["numberOfNewDocumentsIndexed"]
    failed = statistics["numberOfDocumentsFailed"]
    skipped = statistics["numberOfDocumentsSkipped"]
    assert synced["status"] == "COMPLETE"
    assert statistics["numberOfDocumentsScanned"] == indexed + failed + skipped
    assert indexed > len(files) // 10
    unsettled = [one for one in synced["documents"] if one["status"] in ("FAILED", "IGNORED")]
    assert len(unsettled) == failed + skipped
    assert all(one["reason"] for one in unsettled), unsettled
    again = outcrop(server, "sync", source["dataSourceId"])
    assert again["statistics"]["numberOfNewDocumentsIndexed"] == 0
    assert again["unchanged"] == indexed
