"""Data sources over a web site, through boto3 and the whole binary."""

import pytest
from botocore.exceptions import ClientError

from server import Server
from sources import create_source, documents, retrieve, run, sync, web_configuration
from web_site import CONFIG, WebSite


@pytest.fixture
def site():
    with WebSite() as site:
        yield site


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("outcrop-web"), CONFIG) as server:
        yield server
        server.stop()


def test_a_site_is_followed_through_its_changes(site, server):
    site.put("/docs/", "Welcome to the station.", "/docs/reef", "/docs/engines", "/docs/gone")
    site.put("/docs/reef", "Coral reefs shelter a quarter of all marine species.", "/elsewhere")
    site.put("/docs/engines", "Steam engines drove the first railways.")
    site.put("/elsewhere", "This page is outside of the seed's path.")
    source = create_source(server, web_configuration(f"{site.url}/docs/"))
    statistics = sync(server, source)
    assert statistics["numberOfNewDocumentsIndexed"] == 3
    assert not site.asked["/elsewhere"]
    first = retrieve(server, source, "Where do marine species live?")[0]
    url = f"{site.url}/docs/reef"
    assert first["location"] == {"type": "WEB", "webLocation": {"url": url}}
    assert "Coral reefs" in first["content"]["text"]
    assert first["metadata"]["x-amz-bedrock-kb-source-uri"] == url

    # Nothing changed: the pages are asked for, and not sent again.
    sent = site.sent["/docs/reef"]
    statistics = sync(server, source)
    assert "numberOfNewDocumentsIndexed" not in statistics
    assert "numberOfModifiedDocumentsIndexed" not in statistics
    assert site.sent["/docs/reef"] == sent

    site.put("/docs/reef", "Mangroves protect the shore from storms.")
    del site.pages["/docs/engines"]
    statistics = sync(server, source)
    assert statistics["numberOfModifiedDocumentsIndexed"] == 1
    assert statistics["numberOfDocumentsDeleted"] == 1
    texts = [result["content"]["text"] for result in retrieve(server, source, "the shore")]
    assert "Mangroves" in texts[0] and not any("Steam" in text for text in texts)


REEF = (
    "Coral reefs shelter a quarter of all marine species, though they cover less than a hundredth "
    "of the sea floor. They grow where the water is warm, clear and shallow, some millimetres in a "
    "year, and break the waves before they reach the shore. Divers of the station count the fish on "
    "the reef twice a month and write down the temperature, the colour of the corals and the tide."
)


def test_a_page_on_two_paths_is_one_until_its_original_goes(site, server):
    site.put("/", "Welcome to the station.", "/reef", "/copies/reef", "/copies/print")
    site.put("/reef", REEF)
    site.put("/copies/reef", REEF)
    site.put("/copies/print", REEF.replace("twice", "thrice"))
    source = create_source(server, web_configuration(f"{site.url}/", scope="HOST_ONLY"))
    statistics = sync(server, source)
    assert statistics["numberOfNewDocumentsIndexed"] == 3
    assert statistics["numberOfDocumentsScanned"] == 4

    def urls():
        results = retrieve(server, source, "What do divers count on the coral reef?")
        found = [result["location"]["webLocation"]["url"] for result in results]
        return sorted(url.removeprefix(site.url) for url in found if "reef" in url)

    def copy():
        listed = documents(server, source).items()
        (status,) = [what for name, what in listed if f"{site.url}/copies/reef'" in name]
        return status

    assert urls() == ["/reef"]
    assert copy() == ("IGNORED", f"duplicate of {site.url}/reef")
    # Nothing changed: it is no other, and nothing is sent again.
    sent = site.sent.total()
    assert "numberOfNewDocumentsIndexed" not in sync(server, source)
    assert site.sent.total() == sent and copy()[0] == "IGNORED"

    # The original goes. The server still says of its copy that it has not changed.
    del site.pages["/reef"]
    statistics = sync(server, source)
    assert statistics["numberOfDocumentsDeleted"] == 1
    assert statistics["numberOfNewDocumentsIndexed"] == 1
    assert urls() == ["/copies/reef"]
    assert copy()[0] == "INDEXED"

    # It comes back, and has the better URL.
    site.put("/reef", REEF)
    sync(server, source)
    assert urls() == ["/reef"]
    assert copy() == ("IGNORED", f"duplicate of {site.url}/reef")


def test_duplicates_are_kept_where_that_is_asked_for(site, server):
    site.put("/", "Welcome to the station.", "/reef", "/copies/reef")
    site.put("/reef", REEF)
    site.put("/copies/reef", REEF)
    configuration = web_configuration(f"{site.url}/", scope="HOST_ONLY")
    agent = server.client("bedrock-agent")
    source = create_source(server, configuration)
    assert sync(server, source)["numberOfNewDocumentsIndexed"] == 2
    name = agent.get_data_source(**source)["dataSource"]["name"]

    def keep(keep):
        parameters = {"connectorParameters": {"keepDuplicates": keep}}
        changed = {**configuration, "managedKnowledgeBaseConnectorConfiguration": parameters}
        agent.update_data_source(**source, name=name, dataSourceConfiguration=changed)
        sync(server, source)
        states = [status for status, _ in documents(server, source).values()]
        return states.count("INDEXED"), states.count("IGNORED")

    assert keep(True) == (3, 0)
    assert keep(False) == (2, 1)


def test_a_site_that_does_not_answer_loses_nothing(site, server):
    site.put("/", "The station has a radio.")
    source = create_source(server, web_configuration(f"{site.url}/"))
    sync(server, source)
    site.server.shutdown()
    site.server.server_close()
    ended = run(server, source)
    assert ended["status"] == "FAILED" and ended["failureReasons"], ended
    assert "radio" in retrieve(server, source, "radio")[0]["content"]["text"]


def test_private_addresses_are_refused_unless_allowed(site, tmp_path):
    site.put("/", "The station has a radio.")
    with Server(tmp_path) as server:
        with pytest.raises(ClientError) as error:
            create_source(server, web_configuration(f"{site.url}/"))
        assert error.value.response["Error"]["Code"] == "ValidationException"
        assert "connectors.network" in str(error.value)
        server.stop()
    assert not site.asked


def test_an_expression_without_meaning_is_refused(site, server):
    site.put("/", "The station has a radio.")
    with pytest.raises(ClientError) as error:
        create_source(server, web_configuration(f"{site.url}/", inclusionFilters=["(?=ahead)"]))
    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert "(?=ahead)" in str(error.value)
