"""The fakes of Confluence, Microsoft Graph and Salesforce are what real clients take them for."""

from datetime import UTC, datetime, timedelta

import pytest
from atlassian import ConfluenceServer, ConfluenceV2
from fakes import CLOUD, CONFLUENCE_LOGIN, DATA_CENTER, Fakes
from office365.graph_client import GraphClient
from office365.runtime.client_request_exception import ClientRequestException
from requests import HTTPError
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceMalformedRequest,
)


@pytest.fixture
def fakes(monkeypatch):
    with Fakes() as fakes:
        fakes.be_found(monkeypatch)
        yield fakes


def fill_wiki(fakes, server):
    """A space with pages, one of them for Ann alone, and a file."""
    fakes.tell(server, "set_page_size", size=2)
    fakes.tell(server, "add_space", id="1", key="OPS", name="Operations")
    fakes.tell(server, "add_space", id="2", key="HUT", name="Huts")
    fakes.tell(server, "add_space", id="3", key="RES", name="Rescue")
    for number in range(10, 15):
        page = {"kind": "page", "id": str(number), "title": f"Page {number}", "space": "1"}
        fakes.tell(server, "put", **page, body=f"<p>Text {number}</p>", labels=["season"])
    closed = {"id": "20", "title": "Pay", "parent": "10", "users": ["ann"], "groups": ["staff"]}
    fakes.tell(server, "put", kind="page", space="1", **closed)
    file = {"id": "30", "title": "plan.txt", "parent": "10", "media_type": "text/plain"}
    fakes.tell(server, "put", kind="attachment", space="1", text="The plan.", **file)


def test_confluence_cloud(fakes):
    fill_wiki(fakes, "cloud")
    client = ConfluenceV2(f"https://{CLOUD}/wiki", cloud=True, **CONFLUENCE_LOGIN)
    assert [space["key"] for space in client.get_spaces(limit=2)] == ["OPS", "HUT", "RES"]
    page = client.get_page_by_id("12", body_format="storage")
    assert page["title"] == "Page 12" and page["body"]["storage"]["value"] == "<p>Text 12</p>"
    # What it has no calls for, but a way to send them: v1, and a download from another host.
    restriction = client.get("rest/api/content/20/restriction/byOperation/read")
    assert [user["accountId"] for user in users(restriction)] == ["ann"]
    download = "rest/api/content/10/child/attachment/30/download"
    assert client.get(download, not_json_response=True) == b"The plan."
    # A parameter that v2 lacks.
    with pytest.raises(HTTPError):
        client.get_page_by_id("12", expand=["body.storage"])


def test_confluence_data_center(fakes):
    fill_wiki(fakes, "data_center")
    client = ConfluenceServer(f"https://{DATA_CENTER}", **CONFLUENCE_LOGIN)
    assert client.get_current_user()["username"] == "ann"
    # It gives less than it is asked for.
    keys = [space["key"] for start in (0, 2) for space in client.get_all_spaces(start)["results"]]
    assert keys == ["OPS", "HUT", "RES"]
    pages = client.get_all_pages_from_space_as_generator("OPS", limit=2, status="current")
    assert [page["id"] for page in pages] == ["10", "11", "12", "13", "14", "20"]
    page = client.get_page_by_id("12", expand="body.storage,version,space")
    assert page["body"]["storage"]["value"] == "<p>Text 12</p>"
    assert (page["version"]["number"], page["space"]["key"]) == (1, "OPS")
    files = client.download_attachments_from_page("10", to_memory=True)
    assert {name: file.read() for name, file in files.items()} == {"plan.txt": b"The plan."}
    restrictions = client.get_all_restrictions_for_content("20")
    assert [user["userKey"] for user in users(restrictions["read"])] == ["ann"]
    assert not users(restrictions["update"])
    [permission] = client.get_all_space_permissions("OPS")
    assert permission["subject"]["name"] == "staff"


def users(restriction):
    return restriction["restrictions"]["user"]["results"]


def test_graph(fakes):
    fakes.tell("graph", "set_page_size", size=2)
    fakes.tell("graph", "add_site", path="sites/a")
    fakes.tell("graph", "add_drive", site="sites/a", drive="d1")
    fakes.tell("graph", "put_folder", drive="d1", id="f", name="Plans")

    def put(number):
        file = {"id": f"i{number}", "name": f"{number}.txt", "text": f"Text {number}."}
        fakes.tell("graph", "put_file", drive="d1", parent="f", **file)

    for number in range(5):
        put(number)
    client = GraphClient(tenant="contoso.onmicrosoft.com")
    client.with_client_secret("client-id", "client-secret")
    site = client.sites.get_by_url("https://contoso.sharepoint.com/sites/a").execute_query()
    [drive] = site.drives.get().execute_query()
    drive = client.drives[drive.id]

    names = [item.name for item in drive.root.delta.get_all().execute_query()]
    assert names == ["root", "Plans", "0.txt", "1.txt", "2.txt", "3.txt", "4.txt"]
    # The place to go on from is at the end of the list; this client has no call that tells it.
    last = client.execute_request_direct("drives/d1/root/delta?$skiptoken=all-6-6").json()
    token = last["@odata.deltaLink"].partition("token=")[2]
    fakes.tell("graph", "delete", drive="d1", id="i1")
    put(5)
    changes = drive.root.delta.token(token).get().execute_query()
    assert [(item.id, "deleted" in item.properties) for item in changes] == [
        ("i1", True),
        ("i5", False),
    ]
    # The download is on another host, which the token must not be sent to.
    assert drive.items["i5"].get_content().execute_query().value == b"Text 5."
    [permission] = drive.items["i5"].permissions.get().execute_query()
    assert permission.roles[0] == "read"

    fakes.tell("graph", "expire_links", drive="d1")
    with pytest.raises(ClientRequestException, match="resync"):
        drive.root.delta.token(token).get().execute_query()


def test_salesforce(fakes):
    fakes.tell("salesforce", "set_page_size", size=2)
    fields = [["Name", "string"], ["Note__c", "html"]]
    fakes.tell("salesforce", "add_object", name="Account", fields=fields)
    ids = [f"001{number:015}" for number in range(5)]
    for number, id in enumerate(ids):
        changed = f"2026-01-0{number + 1}T00:00:00Z"
        record = {"id": id, "changed": changed, "fields": {"Name": f"Hut {number}"}}
        fakes.tell("salesforce", "put", object="Account", **record)
    login = {"consumer_key": "consumer-key", "domain": "acme.my", "version": "62.0"}
    client = Salesforce(consumer_secret="consumer-secret", **login)
    described = client.Account.describe()
    assert {field["name"] for field in described["fields"]} >= {"Id", "SystemModstamp", "Name"}
    # Three pages, each found by what came with the one before.
    records = client.query_all("SELECT Id, Name FROM Account ORDER BY SystemModstamp, Id")
    assert [record["Name"] for record in records["records"]] == [f"Hut {n}" for n in range(5)]
    since = "SystemModstamp > 2026-01-03T00:00:00Z AND Name IN ('Hut 3', 'Hut 9')"
    [record] = client.query(f"SELECT Id FROM Account WHERE {since}")["records"]
    assert record["Id"] == ids[3]

    fakes.tell("salesforce", "delete", object="Account", id=ids[1])
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    deleted = client.Account.deleted(now - timedelta(hours=1), now)
    assert [one["id"] for one in deleted["deletedRecords"]] == [ids[1]]

    with pytest.raises(SalesforceMalformedRequest, match="No such column"):
        client.query("SELECT Shoe FROM Account")
    with pytest.raises(SalesforceAuthenticationFailed, match="invalid_client"):
        Salesforce(consumer_secret="wrong", **login)
