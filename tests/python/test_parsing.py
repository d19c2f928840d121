"""`outcrop parse` and `outcrop chunk`, parsing that is contained, and text in pictures."""

import json
import shutil
import subprocess

import pytest
from PIL import Image, ImageDraw, ImageFont

from server import Server, binary, environment

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed"
)

HANDBOOK = "# Ropes\n\nA rope is as long as it is.\n\n## Knots\n\nTie them twice.\n"


@pytest.fixture
def outcrop(tmp_path):
    """Runs a command on a data directory of its own."""

    def run(*arguments, config=""):
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        (data / "outcrop.toml").write_text(config)
        return subprocess.run(
            [binary(), "--data-dir", data, *arguments],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def write(path, content):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def picture(text):
    """A page with a line of text, as a scanner would see it."""
    page = Image.new("RGB", (1240, 600), "white")
    ImageDraw.Draw(page).text((80, 200), text, fill="black", font=ImageFont.load_default(48))
    return page


def test_a_file_is_shown_as_it_is_read(outcrop, tmp_path):
    file = write(tmp_path / "ropes.md", HANDBOOK)
    shown = outcrop("parse", file)
    assert (shown.returncode, shown.stdout.strip()) == (0, HANDBOOK.strip())
    read = json.loads(outcrop("--json", "parse", file).stdout)
    assert read["properties"]["title"] == "Ropes"
    assert read["text"] == HANDBOOK


def test_chunks_are_shown_with_their_places(outcrop, tmp_path):
    file = write(tmp_path / "ropes.md", HANDBOOK)
    chunking = json.dumps(
        {
            "chunkingStrategy": "FIXED_SIZE",
            "fixedSizeChunkingConfiguration": {"maxTokens": 12, "overlapPercentage": 10},
        }
    )
    answer = json.loads(outcrop("--json", "chunk", file, "--chunking", chunking).stdout)
    assert len(answer["chunks"]) > 1
    for chunk in answer["chunks"]:
        span = chunk["place"]["span"]
        assert HANDBOOK[span["start"] : span["end"]] == chunk["text"]
        assert 0 < chunk["tokens"] <= 12
    shown = outcrop("chunk", file)
    assert shown.returncode == 0 and "Tie them twice." in shown.stdout
    refused = outcrop("chunk", file, "--chunking", '{"chunkingStrategy": "MAGIC"}')
    assert refused.returncode == 1 and "MAGIC" in refused.stderr


def test_what_cannot_be_read_says_why(outcrop, tmp_path):
    for name, content, words in [
        ("empty.txt", b"", "the file is empty"),
        ("broken.pdf", b"%PDF-1.7\nnothing more", "the PDF cannot be read"),
    ]:
        refused = outcrop("parse", write(tmp_path / name, content))
        assert refused.returncode == 1
        assert words in refused.stderr and name in refused.stderr
    missing = outcrop("parse", tmp_path / "nowhere.txt")
    assert missing.returncode == 1 and "nowhere.txt" in missing.stderr


def test_parsers_are_contained_on_this_machine(outcrop):
    checks = json.loads(outcrop("--json", "check").stdout)["checks"]
    parsers = [check for check in checks if check["part"] == "parser"]
    assert len(parsers) == 3 and all(check["ok"] for check in parsers), parsers


def test_recognition_that_is_missing_is_told(outcrop, tmp_path):
    file = write(tmp_path / "ropes.md", HANDBOOK)
    refused = outcrop("parse", file, config='[ingest]\nocr = "xx-none"\n')
    assert refused.returncode == 1
    assert "ingest.ocr" in refused.stderr and "install" in refused.stderr


def test_pictures_are_not_read_unless_asked(outcrop, tmp_path):
    picture("A rope is nine fathoms long").save(tmp_path / "scan.pdf", resolution=150)
    refused = outcrop("parse", tmp_path / "scan.pdf")
    assert refused.returncode == 1
    assert "only pictures" in refused.stderr


@needs_tesseract
def test_text_in_pictures_is_recognised(outcrop, tmp_path):
    picture("A rope is nine fathoms long").save(tmp_path / "scan.pdf", resolution=150)
    picture("Knots are tied twice").save(tmp_path / "scan.png")
    for name, words in [("scan.pdf", "nine fathoms"), ("scan.png", "tied twice")]:
        config = '[ingest]\nocr = "eng"\n'
        shown = outcrop("--json", "parse", tmp_path / name, config=config)
        assert shown.returncode == 0, shown.stderr
        read = json.loads(shown.stdout)
        assert words in read["text"]
        area = read["origins"][0]["source"]["area"]
        assert area["page"] == 1 and 0 < area["left"] < area["right"]
        assert 0 < area["top"] < area["bottom"]


@needs_tesseract
def test_a_scan_is_found_by_its_words(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    picture("The anchor weighs ninety stone").save(folder / "scan.pdf", resolution=150)
    with Server(tmp_path / "data", config='[ingest]\nocr = "eng"\n') as server:
        done = subprocess.run(
            [binary(), "--data-dir", tmp_path / "data", "ingest", folder, "--name", "scans"],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        [base] = server.client("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"]
        found = server.client("bedrock-agent-runtime").retrieve(
            knowledgeBaseId=base["knowledgeBaseId"], retrievalQuery={"text": "anchor weight"}
        )["retrievalResults"]
        assert "ninety stone" in found[0]["content"]["text"]
        assert found[0]["metadata"]["x-amz-bedrock-kb-document-page-number"] == 1
