"""Documents that a language model helps to read: their pages, and what chunks are found by."""

import subprocess

import botocore.exceptions
import fake_reader
import pytest
import sources
from fake_reader import MODEL
from server import Server, binary, environment

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def pdf(*texts):
    """A PDF with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(len(texts)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(texts)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page, text in enumerate(texts):
        content = f"BT /F 12 Tf 20 100 Td ({text}) Tj ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents {5 + 2 * page} 0 R"
            " /Resources << /Font << /F 3 0 R >> >> >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    file, table = "%PDF-1.4\n", ""
    for number, text in enumerate(objects, 1):
        table += f"{len(file):010} 00000 n \n"
        file += f"{number} 0 obj\n{text}\nendobj\n"
    size = len(objects) + 1
    return (
        f"{file}xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n"
        f"<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF\n"
    ).encode()


def parsing(model=MODEL, strategy="BEDROCK_FOUNDATION_MODEL", **settings):
    return {
        "parsingConfiguration": {
            "parsingStrategy": strategy,
            "bedrockFoundationModelConfiguration": {"modelArn": model, **settings},
        }
    }


def found(server, source, question):
    return [result["content"]["text"] for result in sources.retrieve(server, source, question)]


def seen(content):
    """What the model makes of a page or a picture."""
    asked = content[-1]["text"]
    assert content[0]["type"] == "image_url"
    assert content[0]["image_url"]["url"].startswith("data:image/png;base64,iVBORw0KGgo")
    if "invoice.png" in asked:
        return "```markdown\n# Invoice\n\nThe zeppelin costs forty francs.\n```", "stop"
    if "Page 2 of 2" in asked:
        assert "second layer" in asked
        return "The submarine was painted yellow", "length"
    return "| vessel | colour |\n| --- | --- |\n| dinghy | turquoise |", "stop"


def test_pages_and_pictures_are_read_by_a_model(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "invoice.png").write_bytes(PNG)
    (folder / "fleet.pdf").write_bytes(pdf("first layer", "second layer"))
    (folder / "note.txt").write_text("The cable car is read without a model.")
    with fake_reader.serving(seen) as reader:
        with Server(tmp_path / "data", reader.config) as server:
            source = sources.create_source(
                server,
                sources.folder_configuration(folder),
                vectorIngestionConfiguration=parsing(parsingModality="MULTIMODAL"),
            )
            job = sources.run(server, source)
            assert job["status"] == "COMPLETE", job
            assert job["statistics"]["numberOfNewDocumentsIndexed"] == 3
            assert len(reader.requests) == 3
            assert "zeppelin" in found(server, source, "zeppelin francs")[0]
            assert "submarine" in found(server, source, "yellow submarine")[0]
            assert "turquoise" in found(server, source, "turquoise dinghy")[0]
            assert not any("layer" in text for text in found(server, source, "second layer"))
            told = {name.split("/")[-1]: detail for name, detail in details(server, source)}
            assert told["fleet.pdf"]["status"] == "PARTIALLY_INDEXED"
            assert "broke off at page 2" in told["fleet.pdf"]["statusReason"]
            sources.run(server, source)
            assert len(reader.requests) == 3
            server.stop()


def details(server, source):
    agent = server.client("bedrock-agent")
    listed = agent.list_knowledge_base_documents(**source)["documentDetails"]
    for detail in listed:
        identifier = detail["identifier"]
        yield sources.name(identifier), detail


def test_chunks_are_found_by_what_a_model_says_and_do_not_show_it(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("It rose from the lake in the morning.")
    (folder / "b.txt").write_text("Soup is served on Mondays.")

    def situated(content):
        return ("About the zeppelin." if "rose from" in content else "About a canteen."), "stop"

    with fake_reader.serving(situated) as reader:
        with Server(tmp_path / "data", reader.config) as server:
            situating = {"situatingContext": {"modelArn": MODEL}}
            configuration = sources.folder_configuration(folder, **situating)
            source = sources.create_source(server, configuration)
            refused = sync(server, source)
            assert refused.returncode != 0
            assert "give --yes" in refused.stderr and "some 2 calls" in refused.stderr
            assert not reader.requests
            synced = sync(server, source, "--yes")
            assert synced.returncode == 0, synced.stderr
            assert len(reader.requests) == 2
            assert found(server, source, "zeppelin")[0] == "It rose from the lake in the morning."
            assert "zeppelin" not in str(found(server, source, "zeppelin"))
            server.stop()
        assert any("the job asked language models" in line for line in server.lines)


def sync(server, source, *flags):
    command = [binary(), "sync", source["dataSourceId"], "--data-dir", server.data_dir, *flags]
    nobody = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    return subprocess.run(command, env=environment(), timeout=120, **nobody)


def test_how_documents_are_read_is_checked_and_stays(tmp_path):
    with fake_reader.serving(seen) as reader:
        with Server(tmp_path / "data", reader.config) as server:
            agent = server.client("bedrock-agent")
            custom = {"type": "CUSTOM"}
            refused(
                "only quotes: route it to a language model",
                lambda: sources.create_source(
                    server, custom, vectorIngestionConfiguration=parsing("local.any")
                ),
            )
            refused(
                "use BEDROCK_FOUNDATION_MODEL",
                lambda: sources.create_source(
                    server, custom, vectorIngestionConfiguration=parsing(strategy="SMART_PARSING")
                ),
            )
            source = sources.create_source(server, custom, vectorIngestionConfiguration=parsing())
            request = {**source, "name": "a", "dataSourceConfiguration": custom}
            refused(
                "parsingConfiguration cannot be updated once created",
                lambda: agent.update_data_source(**request),
            )
            agent.update_data_source(**request, vectorIngestionConfiguration=parsing())
            server.stop()


def refused(part, call):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call()
    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert part in error.value.response["Error"]["Message"]
