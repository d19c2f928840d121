"""A real documentation tree, as a folder and through S3: every file is accounted for, with its
reason where it is not indexed, and both ways agree about each."""

import concurrent.futures
import shutil
from pathlib import Path
from urllib.parse import unquote

import fake_embeddings
import pytest
from conftest import unique
from seaweed import Seaweed
from server import Server
from sources import create_source, documents, folder_configuration, s3_configuration

DOCUMENTATION = Path("/usr/share/doc")

# Enough files to be several pages of any listing, and small enough to be quick.
FEWEST = 300
MOST = 3_000
LARGEST = 32_000

# The latter where single bytes were no text.
READ = ("INDEXED", "PARTIALLY_INDEXED")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of what is there: files as they are, and links as links."""
    directory = tmp_path_factory.mktemp("documentation")
    copied = 0
    for path in sorted(DOCUMENTATION.rglob("*")):
        if not path.is_symlink() and not (path.is_file() and path.stat().st_size <= LARGEST):
            continue
        copy = directory / path.relative_to(DOCUMENTATION)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy, follow_symlinks=False)
        copied += 1
        if copied == MOST:
            break
    assert copied >= FEWEST, f"{DOCUMENTATION} has {copied} files only"
    return directory


def files(tree):
    """The paths of what a bucket can hold, that is, of no links."""
    return {
        str(path.relative_to(tree))
        for path in tree.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def upload(seaweed, tree):
    """Puts the tree into a new bucket; returns its name."""
    bucket = unique("documentation")
    s3 = seaweed.client()
    s3.create_bucket(Bucket=bucket)

    def put(key):
        s3.put_object(Bucket=bucket, Key=key, Body=(tree / key).read_bytes())

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(put, files(tree)))
    return bucket


def account(server, source, path_of):
    """Synchronises, checks that the sum is right, and returns what became of each path."""
    synced = server.outcrop("sync", source["dataSourceId"])
    statistics = synced["statistics"]
    print(statistics)
    assert synced["status"] == "COMPLETE", synced
    indexed = statistics["numberOfNewDocumentsIndexed"]
    left = statistics["numberOfDocumentsFailed"] + statistics["numberOfDocumentsSkipped"]
    assert statistics["numberOfDocumentsScanned"] == indexed + left
    found = {path_of(name): told for name, told in documents(server, source).items()}
    unsettled = {path: told for path, told in found.items() if told[0] not in READ}
    assert len(found) == indexed + left and len(unsettled) == left
    assert {status for status, _ in unsettled.values()} <= {"FAILED", "IGNORED"}
    assert all(reason for status, reason in found.values() if status != "INDEXED"), found
    told = {path_of(one["document"]): one["reason"] for one in synced["documents"]}
    assert told == {path: reason for path, (status, reason) in found.items() if reason}

    again = server.outcrop("sync", source["dataSourceId"])
    assert again["statistics"]["numberOfNewDocumentsIndexed"] == 0
    assert again["unchanged"] == indexed
    return found


def test_every_file_is_accounted_for_and_both_ways_agree(tree, tmp_path):
    with (
        fake_embeddings.serving() as config,
        Seaweed(tmp_path / "seaweed") as seaweed,
        Server(tmp_path / "data", config, seaweed.variables()) as server,
    ):
        source = create_source(server, folder_configuration(tree))
        root = f"{tree.as_uri()}/"
        as_folder = account(server, source, lambda name: unquote(name.removeprefix(root)))
        bucket = upload(seaweed, tree)
        source = create_source(server, s3_configuration(bucket))
        as_bucket = account(server, source, lambda name: name.removeprefix(f"s3://{bucket}/"))
        server.stop()
    assert as_bucket.keys() == files(tree)
    # Links and hidden files a folder leaves out, and says so; else there is no difference.
    others = as_folder.keys() - as_bucket.keys()
    assert others == {
        str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_symlink()
    }
    assert all(as_folder[path][0] == "IGNORED" for path in others)
    differ = {path for path in as_bucket if as_bucket[path] != as_folder[path]}
    assert not differ, {path: (as_folder[path], as_bucket[path]) for path in differ}
    assert sum(status in READ for status, _ in as_bucket.values()) > len(as_bucket) // 4
