"""Data sources over a bucket of a real server, through boto3 and the whole binary.

The bucket is found as programs for AWS find theirs: by variables of the environment.
"""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import unique
from seaweed import Seaweed
from server import Server
from sources import create_source, retrieve, run, s3_configuration, sync


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory):
    with Seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture(scope="module")
def server(seaweed, tmp_path_factory):
    directory = tmp_path_factory.mktemp("outcrop-s3")
    with Server(directory, variables=seaweed.variables()) as server:
        yield server
        server.stop()


@pytest.fixture
def bucket(seaweed):
    """A new bucket; returns its name."""
    name = unique("books")
    seaweed.client().create_bucket(Bucket=name)
    return name


def test_a_bucket_is_followed_through_its_changes(seaweed, server, bucket):
    s3 = seaweed.client()

    def put(key, body):
        s3.put_object(Bucket=bucket, Key=key, Body=body.encode())

    put("sea/reef.md", "Coral reefs shelter a quarter of all marine species.\n")
    put("ice/glacier.md", "A glacier flows downhill under its own weight.\n")
    put("old.md", "Steam engines drove the first railways.\n")
    source = create_source(server, s3_configuration(bucket))
    assert sync(server, source) == {
        "numberOfDocumentsScanned": 3,
        "numberOfNewDocumentsIndexed": 3,
    }
    first = retrieve(server, source, "Where do marine species live?")[0]
    uri = f"s3://{bucket}/sea/reef.md"
    assert first["location"] == {"type": "S3", "s3Location": {"uri": uri}}
    assert "Coral reefs" in first["content"]["text"]
    assert first["metadata"]["x-amz-bedrock-kb-source-uri"] == uri

    # Nothing changed; then the time alone, as by a copy onto itself.
    assert sync(server, source) == {"numberOfDocumentsScanned": 3}
    put("old.md", "Steam engines drove the first railways.\n")
    assert sync(server, source) == {"numberOfDocumentsScanned": 3}

    put("sea/reef.md", "Mangroves protect the shore from storms.\n")
    s3.delete_object(Bucket=bucket, Key="old.md")
    assert sync(server, source) == {
        "numberOfDocumentsScanned": 2,
        "numberOfModifiedDocumentsIndexed": 1,
        "numberOfDocumentsDeleted": 1,
    }
    texts = [result["content"]["text"] for result in retrieve(server, source, "the shore")]
    assert "Mangroves" in texts[0] and not any("Steam" in text for text in texts)


def test_sidecars_are_followed(seaweed, server, bucket):
    s3 = seaweed.client()

    def describe(**attributes):
        body = json.dumps({"metadataAttributes": attributes}).encode()
        s3.put_object(Bucket=bucket, Key="a.md.metadata.json", Body=body)

    for key in ("a.md", "a.md.bak.md", "b.md"):
        s3.put_object(Bucket=bucket, Key=key, Body=f"What is said in {key}.\n".encode())
    describe(topic="law")
    source = create_source(server, s3_configuration(bucket))
    statistics = sync(server, source)
    assert statistics["numberOfDocumentsScanned"] == 3
    assert statistics["numberOfMetadataDocumentsScanned"] == 1

    def about(topic):
        topic_filter = {"equals": {"key": "topic", "value": topic}}
        found = retrieve(server, source, "What is said?", filter=topic_filter)
        return [result["location"]["s3Location"]["uri"] for result in found]

    assert about("law") == [f"s3://{bucket}/a.md"]
    describe(topic="war")
    assert sync(server, source)["numberOfMetadataDocumentsModified"] == 1
    assert (about("law"), about("war")) == ([], [f"s3://{bucket}/a.md"])
    s3.delete_object(Bucket=bucket, Key="a.md.metadata.json")
    sync(server, source)
    assert about("war") == []


def test_odd_keys_directories_and_prefixes(seaweed, server, bucket):
    """SeaweedFS lists by directories, not by the bytes of keys."""
    s3 = seaweed.client()
    keys = ["r/24-old/a.md", "r/24/b c+d.md", "r/24.md", "r/24/ü/100%.md", "r/25/z.md"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=f"This is {key}.\n".encode())
    s3.put_object(Bucket=bucket, Key="r/24/folder/", Body=b"")
    source = create_source(server, s3_configuration(bucket, inclusionPrefixes=["r/24"]))
    assert sync(server, source) == {
        "numberOfDocumentsScanned": 4,
        "numberOfNewDocumentsIndexed": 4,
    }
    found = {
        result["location"]["s3Location"]["uri"] for result in retrieve(server, source, "This is")
    }
    assert found == {f"s3://{bucket}/{key}" for key in keys[:4]}


def test_a_bucket_that_is_not_there_is_named(seaweed, server, bucket):
    with pytest.raises(ClientError) as error:
        create_source(server, s3_configuration("no-such-bucket"))
    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert "s3:ListBucket on s3://no-such-bucket: NoSuchBucket" in str(error.value)

    # A bucket that is gone later fails the job, and removes nothing.
    seaweed.client().put_object(Bucket=bucket, Key="a.md", Body=b"This stays.\n")
    source = create_source(server, s3_configuration(bucket))
    sync(server, source)
    seaweed.client().delete_object(Bucket=bucket, Key="a.md")
    seaweed.client().delete_bucket(Bucket=bucket)
    job = run(server, source)
    assert job["status"] == "FAILED"
    reason = " ".join(job["failureReasons"])
    assert f"s3://{bucket}" in reason and "NoSuchBucket" in reason, reason
    assert len(retrieve(server, source, "What stays?")) == 1
