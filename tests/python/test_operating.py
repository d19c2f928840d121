"""Secrets and schedules, against a server of the test's own."""

import contextlib
import sqlite3

import httpx
import pytest
from conftest import wait_until
from server import Server
from sources import create_source, folder_configuration


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path / "data") as server:
        yield server


def test_a_secret_never_comes_out_again(server):
    told = server.outcrop("secret", "set", "wiki", stdin="username=ann\npassword=hunter2\n")
    assert told["arn"].endswith(":secret:wiki")
    assert server.outcrop("secret", "list")["secrets"] == [told]
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
    source = create_source(server, folder_configuration(documents, schedule="0 3 1 1 *"))
    agent = server.client("bedrock-agent")
    [shown] = server.outcrop("status")["knowledgeBases"][0]["dataSources"]
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
