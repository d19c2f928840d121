"""The Confluence connector against an emulator that is not ours: listings, bodies, comments,
labels, and who may read what."""

import contextlib
import json
import sqlite3

import pytest
from confluence_emulator import HOST, ROOT, Emulator
from server import Server
from sources import confluence_configuration, create_source, documents, retrieve, sync

ANN, BOB = "ann@acme.example", "bob@acme.example"


def page(id, title, content, space="Operations", author=ANN, **more):
    return {
        "source_type": "confluence",
        "doc_id": title,
        "content_id": id,
        "title": title,
        "content": content,
        "space": space,
        "author_email": author,
        "created": "2026-01-02T03:04:05Z",
        **more,
    }


COMMENT = {"content": "The rope is red.", "author_email": BOB, "created_ts": "2026-01-03T03:04:05Z"}
PAGES = [
    page(101, "Plan", "The plan for the season is simple.", visibility="public", labels=["season"]),
    page(102, "Rope", "Ropes are changed.", parent="Plan", visibility="public", comments=[COMMENT]),
    page(103, "Pay", "Ann earns more than Bob.", parent="Plan", visibility="private"),
    page(104, "News", "The cabin is open.", "Huts", BOB, subtype="blogpost", visibility="public"),
    page(105, "Diary", "Bob slept badly.", "Huts", BOB, visibility="private"),
]
# More than a listing has in a page.
PAGES += [
    page(1_000 + number, f"Shift {number}", f"Shift {number} went well.", visibility="public")
    for number in range(25)
]


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with Emulator(tmp_path_factory.mktemp("backlot"), PAGES) as emulator:
        yield emulator


def listed(emulator, email):
    """The pages and posts that a user finds by CQL."""
    ids = set()
    for kind in ("page", "blogpost"):
        answer = emulator.ask(email, "/search", cql=f"type={kind}", limit=1_000)
        assert answer["totalSize"] == len(answer["results"])
        ids |= {result["content"]["id"] for result in answer["results"]}
    return ids


def readers(access, users):
    """The users that what was captured lets read a document."""
    return {
        user
        for user in users
        if all({"kind": "User", "id": user} in any_of for any_of in access["all_of"])
        and {"kind": "User", "id": user} not in access["denied"]
    }


@pytest.mark.parametrize("email", [ANN, BOB])
def test_what_a_user_may_see_is_read(emulator, email, tmp_path):
    data = tmp_path / "data"
    with Server(data, emulator.config()) as server:
        username, password = emulator.logins[email]
        arn = server.set_secret("wiki", {"username": username, "password": password})
        configuration = confluence_configuration(f"{HOST}{ROOT}", arn, hostType="DATA_CENTER")
        source = create_source(server, configuration)
        statistics = sync(server, source)
        found = documents(server, source)
        best = retrieve(server, source, "What colour has the rope?")[0]
        # Nothing changed.
        again = sync(server, source)
        server.stop()
    print(statistics)
    pages = {key.partition("/")[2] for key in found if not key.startswith("comment/")}
    assert pages == listed(emulator, email)
    assert len(found) == len(pages) + 1
    assert set(found.values()) == {("INDEXED", None)}
    assert again == {"numberOfDocumentsScanned": len(found)}
    assert "The rope is red." in best["content"]["text"]
    assert best["location"]["confluenceLocation"]["url"].startswith(f"https://{HOST}{ROOT}/")

    # What was captured of rights lets nobody read what the emulator does not show them.
    accounts = {
        user["accountId"]: user["email"]
        for id in pages
        for user in emulator.ask(email, f"/content/{id}/restriction/byOperation")["read"][
            "restrictions"
        ]["user"]["results"]
    }
    sees = {user: listed(emulator, user) for user in emulator.logins}
    with contextlib.closing(sqlite3.connect(data / "catalog.sqlite")) as catalog:
        rows = catalog.execute("SELECT key, access FROM documents").fetchall()
    granted = set()
    for key, access in rows:
        if key.startswith("comment/"):
            continue
        for account in readers(json.loads(access), accounts):
            assert key.partition("/")[2] in sees[accounts[account]], (key, access)
            granted.add((key.partition("/")[2], accounts[account]))
    assert granted, "nobody may read anything"
