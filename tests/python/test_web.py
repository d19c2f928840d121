"""Data sources over a web site, through boto3 and the whole binary."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from conftest import wait_until
from server import Server
from sources import (
    create_source,
    documents,
    rendered,
    retrieve,
    run,
    start,
    sync,
    web_configuration,
)
from web_site import CONFIG, WebSite

needs_browser = pytest.mark.skipif(
    not shutil.which("chromium"), reason="no Chromium is installed"
)

# Chromium's sandbox does not work for root.
RENDERING = CONFIG + ("[connectors.browser]\nsandbox = false\n" if os.geteuid() == 0 else "")

# A page that is empty until its script has fetched the text.
APP = """<!doctype html><title>Station</title><div id="app"></div><script>
fetch("/api/text").then((answer) => answer.text()).then((text) => {
  document.getElementById("app").innerHTML = text;
});
</script>"""


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
        return documents(server, source)[f"{site.url}/copies/reef"]

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


@needs_browser
def test_text_that_scripts_make_is_found(site, tmp_path):
    site.pages["/"] = APP.encode()
    site.pages["/api/text"] = b"<p>Lighthouses guide ships around the cape.</p><a href='/on'>on</a>"
    site.put("/on", "Foghorns warn where no light is seen.")
    with Server(tmp_path, RENDERING) as server:
        source = create_source(server, rendered(web_configuration(f"{site.url}/")))
        assert sync(server, source)["numberOfNewDocumentsIndexed"] == 2
        first = retrieve(server, source, "What guides ships?")[0]
        assert "Lighthouses guide ships" in first["content"]["text"]
        assert first["location"]["webLocation"]["url"] == f"{site.url}/"

        # The page's own bytes, and so its ETag, are as they were.
        site.pages["/api/text"] = b"<p>Beacons guide pilots over the cape.</p><a href='/on'>on</a>"
        assert sync(server, source)["numberOfModifiedDocumentsIndexed"] == 1
        assert "Beacons" in retrieve(server, source, "What guides pilots?")[0]["content"]["text"]
        server.stop()


@pytest.fixture
def short_directory():
    """Chromium's socket is in the temporary folder, and its path may have some 100 bytes."""
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory)


@needs_browser
def test_no_browser_outlives_a_killed_server(site, tmp_path, short_directory):
    site.pages["/"] = b"<!doctype html><script>for (;;) {}</script>"
    temporary = short_directory
    variables = {"TMPDIR": str(temporary)}
    with Server(tmp_path / "data", RENDERING, variables) as server:
        source = create_source(server, rendered(web_configuration(f"{site.url}/")))
        # The browser that the source was checked with is gone when there is one for the job.
        wait_until(lambda: not list(temporary.iterdir()))
        start(server, source)
        profile = wait_until(lambda: next(temporary.glob("outcrop-browser-*"), None))
        wait_until(lambda: len(processes(profile)) > 2)
        server.kill()
        wait_until(lambda: not profile.exists() and not processes(profile))


def test_a_missing_browser_is_refused_with_the_remedy(site, tmp_path):
    site.put("/", "The station has a radio.")
    config = CONFIG + '[connectors.browser]\nexecutable = "/nowhere/chromium"\n'
    with Server(tmp_path, config) as server:
        with pytest.raises(ClientError) as error:
            create_source(server, rendered(web_configuration(f"{site.url}/")))
        assert error.value.response["Error"]["Code"] == "ValidationException"
        assert "connectors.browser.executable" in str(error.value)
        server.stop()


def processes(profile):
    """The processes that were told of a profile."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(profile) in command.read_text(errors="replace"):
                found.append(command.parent.name)
        except OSError:
            pass
    return found
