"""Ingestion jobs over a folder, through boto3."""

import uuid

import pytest

from conftest import unique, wait_until
from sources import folder_configuration


@pytest.fixture
def source(agent, knowledge_base, tmp_path):
    """The ids of a data source over a folder of three files."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.md").write_text(f"# Chapter {name}\n\nWhat is said about {name}.\n")
    created = agent.create_data_source(
        knowledgeBaseId=knowledge_base["knowledgeBaseId"],
        name=unique("folder"),
        dataSourceConfiguration=folder_configuration(tmp_path),
    )["dataSource"]
    return {name: created[name] for name in ("knowledgeBaseId", "dataSourceId")}


def run(agent, source):
    """Runs a job to its end."""
    job = agent.start_ingestion_job(**source)["ingestionJob"]
    assert job["status"] in ("STARTING", "IN_PROGRESS", "COMPLETE")

    def over():
        got = agent.get_ingestion_job(**source, ingestionJobId=job["ingestionJobId"])
        over = got["ingestionJob"]["status"] in ("COMPLETE", "FAILED", "STOPPED")
        return got["ingestionJob"] if over else None

    ended = wait_until(over)
    assert ended["status"] == "COMPLETE", ended
    assert ended["textReadyAt"] == ended["updatedAt"] and "textReadyAt" not in job
    return ended


def counts(job):
    statistics = job["statistics"]
    names = ("Scanned", "Failed", "Deleted")
    documents = [statistics[f"numberOfDocuments{name}"] for name in names]
    indexed = [statistics[f"numberOf{name}DocumentsIndexed"] for name in ("New", "Modified")]
    return documents + indexed


def test_a_folder_is_followed_through_its_changes(agent, source, tmp_path):
    assert counts(run(agent, source)) == [3, 0, 0, 3, 0]
    assert counts(run(agent, source)) == [3, 0, 0, 0, 0]
    (tmp_path / "a.md").write_text("# Chapter a\n\nSomething else is said about it now.\n")
    (tmp_path / "b.md").unlink()
    assert counts(run(agent, source)) == [2, 0, 1, 0, 1]
    details = agent.list_knowledge_base_documents(**source)["documentDetails"]
    uris = [detail["identifier"]["custom"]["id"] for detail in details]
    assert sorted(uris) == [(tmp_path / name).as_uri() for name in ("a.md", "c.md")]
    got = agent.get_knowledge_base_documents(
        **source, documentIdentifiers=[detail["identifier"] for detail in details]
    )["documentDetails"]
    assert got == details and {detail["status"] for detail in got} == {"INDEXED"}


def test_sidecars_count_when_they_are_updated_or_deleted(agent, source, tmp_path):
    def run_and_count():
        statistics = run(agent, source)["statistics"]
        names = ("Scanned", "Modified")
        return [statistics[f"numberOfMetadataDocuments{name}"] for name in names]

    sidecar = tmp_path / "a.md.metadata.json"
    assert run_and_count() == [0, 0]
    sidecar.write_text('{"metadataAttributes": {"year": 1}}')
    assert run_and_count() == [1, 0]
    sidecar.write_text('{"metadataAttributes": {"year": 2000}}')
    assert run_and_count() == [1, 1]
    assert run_and_count() == [1, 0]
    sidecar.unlink()
    assert run_and_count() == [0, 1]
    assert run_and_count() == [0, 0]


def test_jobs_are_listed_sorted_and_filtered(agent, source):
    ids = [run(agent, source)["ingestionJobId"] for _ in range(3)]
    listed = agent.list_ingestion_jobs(**source)["ingestionJobSummaries"]
    assert [job["ingestionJobId"] for job in listed] == ids[::-1]
    ascending = {"attribute": "STARTED_AT", "order": "ASCENDING"}
    pages = agent.get_paginator("list_ingestion_jobs").paginate(
        **source, sortBy=ascending, PaginationConfig={"PageSize": 2}
    )
    pages = [page["ingestionJobSummaries"] for page in pages]
    assert [[job["ingestionJobId"] for job in page] for page in pages] == [ids[:2], ids[2:]]

    def having(*values):
        status = {"attribute": "STATUS", "operator": "EQ", "values": list(values)}
        return len(agent.list_ingestion_jobs(**source, filters=[status])["ingestionJobSummaries"])

    assert (having("COMPLETE"), having("FAILED"), having("FAILED", "COMPLETE")) == (3, 0, 3)
    with pytest.raises(agent.exceptions.ValidationException):
        having("DONE")


def test_a_job_that_is_over_cannot_be_stopped(agent, source):
    job = run(agent, source)
    with pytest.raises(agent.exceptions.ConflictException):
        agent.stop_ingestion_job(**source, ingestionJobId=job["ingestionJobId"])


def test_a_client_token_makes_a_start_repeatable(agent, source):
    token = str(uuid.uuid4())
    first = agent.start_ingestion_job(**source, clientToken=token, description="d")["ingestionJob"]
    again = agent.start_ingestion_job(**source, clientToken=token, description="d")["ingestionJob"]
    assert again["ingestionJobId"] == first["ingestionJobId"]
    assert first["description"] == "d"


def test_one_job_at_a_time_and_it_can_be_stopped(agent, source, tmp_path):
    for number in range(300):
        (tmp_path / f"{number}.txt").write_text(f"The {number}th of many sentences. " * 200)
    job = agent.start_ingestion_job(**source)["ingestionJob"]
    with pytest.raises(agent.exceptions.ConflictException):
        agent.start_ingestion_job(**source)
    ids = {**source, "ingestionJobId": job["ingestionJobId"]}
    stopped = agent.stop_ingestion_job(**ids)["ingestionJob"]
    assert stopped["status"] in ("STOPPING", "STOPPED")
    wait_until(lambda: agent.get_ingestion_job(**ids)["ingestionJob"]["status"] == "STOPPED")


def test_unknown_ids(agent, source):
    not_found = agent.exceptions.ResourceNotFoundException
    with pytest.raises(not_found):
        agent.get_ingestion_job(**source, ingestionJobId="ABCDEFGHIJ")
    with pytest.raises(not_found):
        agent.stop_ingestion_job(**source, ingestionJobId="ABCDEFGHIJ")
    unknown = {**source, "dataSourceId": "ABCDEFGHIJ"}
    with pytest.raises(not_found):
        agent.start_ingestion_job(**unknown)
    with pytest.raises(not_found):
        agent.list_ingestion_jobs(**unknown)
    with pytest.raises(agent.exceptions.ValidationException):
        agent.get_ingestion_job(**source, ingestionJobId="no id")
    with pytest.raises(agent.exceptions.ValidationException):
        agent.start_ingestion_job(**source, description="d" * 201)
