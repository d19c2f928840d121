"""Reading documents: how right the text is, how fast it comes, how well it is cut."""

import gzip
import json
import subprocess
import sys
import time

import memory
import passages
import peers
import service
from report import Aim, Section, Table
from server import binary
from setting import say

MEASURED = """\
The judged documents, read by `documents::extract`, scored by the script that comes with them; beside
others, the ones marked * measured in the same run, the other figures those that come with the data.

- **PDF**: {pdf} files; the words as a multiset, and characters in their order.
- **Office**: {office} documents; markitdown reads no OpenDocument.
- **Web**: the main text of {web} pages, runs of four words.
- **Speed**: pages per second of {speed} PDFs ({pages} pages), the best of {rounds} runs.
- **Contained**: the time to read files in parser processes over that on a thread of the same program.
- **Chunks**: `data/chunking`: passages that lie in one chunk, and what the first 5 chunks found, by a
  plain BM25 over the text of each chunk with its context and by the default embedding model."""

PUBLISHED_PDF = {"PDFium": (0.985, 0.927), "pdfminer.six": (0.939, 0.800)}
PUBLISHED_OFFICE = {"markitdown": 0.784}
PUBLISHED_WEB = {
    "rs_trafilatura": (0.974, 0.955, 0.994),
    "trafilatura": (0.965, 0.950, 0.980),
    "Readability.js": (0.950, 0.917, 0.986),
    "dom_smoothie": (0.867, 0.783, 0.971),
}
LONG_PAGES = 500


def run(setting):
    reader = Reader(setting)
    text, aims = texts(setting, reader)
    speed, counts = speeds(setting, reader, aims)
    cutting = passages.table(setting, aims)
    measured = MEASURED.format(
        rounds=setting.of(5, 2),
        **counts,
        pdf=len(list(setting.data("pdf/files").iterdir())),
        office=len(list(setting.data("office/files").iterdir())),
        web=len(list(setting.data("web/articles/html").iterdir())),
    )
    return Section("Documents", measured, [text, speed, cutting], aims)


class Reader:
    """The program that reads files as ingestion does."""

    def __init__(self, setting):
        self.setting = setting
        self.program = setting.target / "release/examples/extract"

    def read(self, files, name, *options):
        """Reads files into a new folder; returns it, what was printed, and the peak in MB."""
        out = self.setting.folder(name)
        command = [self.program, *options, out, *sorted(files)]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        with memory.Peak(process.pid) as peak:
            printed, _ = process.communicate()
        assert process.returncode == 0, printed
        return out, printed, peak.megabytes, time.monotonic() - began

    def seconds(self, files, name):
        """The time that reading takes by itself, as the program tells it."""
        _, printed, _, _ = self.read(files, name)
        return float(printed.rsplit(" in ", 1)[1].split(" s")[0])


def score(setting, *arguments):
    """What the data's own script makes of some texts."""
    script = setting.data("score_text.py")
    command = [sys.executable, script, *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def texts(setting, reader):
    table = Table(["Text", "Outcrop", "Others"])
    pdf = setting.data("pdf")
    out, *_ = reader.read((pdf / "files").iterdir(), "pdf")
    ours = score(setting, "--plain", "--truth", pdf / "truth", "--pred", out)
    others = dict(PUBLISHED_PDF)
    for peer in peers.here():
        folder = setting.folder(f"pdf-{peer.name}")
        for file in sorted((pdf / "files").iterdir()):
            (folder / f"{file.stem}.txt").write_text(peer.text(file))
        theirs = score(setting, "--plain", "--truth", pdf / "truth", "--pred", folder)
        others[f"{peer.name}*"] = (theirs["token_f1"], theirs["char_sim"])
    for row, (measure, label) in enumerate([("token_f1", "words"), ("char_sim", "characters")]):
        told = ", ".join(f"{name} {figures[row]:.3f}" for name, figures in others.items())
        table.rows.append([f"PDF, {label}", ours[measure], told])
    aims = [
        Aim("words of PDFs, F1,", ours["token_f1"], at_least=0.993),
        Aim("characters of PDFs in order", ours["char_sim"], at_least=0.95),
    ]
    say("PDFs scored")

    office = setting.data("office")
    out, *_ = reader.read((office / "files").iterdir(), "office", "--whole-names")
    checks = ["--checks", office / "checks.jsonl"]
    ours = score(setting, "--plain", "--truth", office / "truth", "--pred", out, *checks)
    told = ", ".join(f"{name} {figure:.3f}" for name, figure in PUBLISHED_OFFICE.items())
    table.rows.append(["Office, words", ours["token_f1"], told])
    aims.append(Aim("words of office documents, F1,", ours["token_f1"], at_least=0.93))
    aims.append(Aim("checks of office documents", passed(ours), at_least=1.0))

    web = setting.data("web/articles")
    pages = setting.folder("pages")
    for file in sorted((web / "html").iterdir()):
        (pages / file.name.removesuffix(".gz")).write_bytes(gzip.decompress(file.read_bytes()))
    out, *_ = reader.read(pages.iterdir(), "web")
    articles = {file.stem: {"articleBody": file.read_text()} for file in out.iterdir()}
    predicted = setting.scratch / "web.json"
    predicted.write_text(json.dumps(articles))
    truth = web / "truth.json"
    ours = score(setting, "--raw", "--no-char", "--truth", truth, "--pred", predicted)
    told = ", ".join(f"{name} {figures[0]:.3f}" for name, figures in PUBLISHED_WEB.items())
    table.rows.append(["Web, F1", ours["shingle_f1"], told])
    aims.append(Aim("main text of web pages, F1,", ours["shingle_f1"], at_least=0.97))
    return table, aims


def passed(scores):
    """The share of contains-checks that hold."""
    return scores["passed"] / scores["checks"]


def speeds(setting, reader, aims):
    rounds = setting.of(5, 2)
    files = sorted(setting.data("pdf_qa/kg-rag-sec-10-q").rglob("*.pdf"))
    files += sorted(setting.data("pdf/files").iterdir())
    files = files[: setting.of(None, 4)]
    pages = peers.pages(files)
    table = Table(["PDF, pages per second", "Value"])
    best = min(reader.seconds(files, f"speed-{number}") for number in range(rounds))
    rates = {"Outcrop": pages / best}
    for peer in peers.here():
        best = min(timed(peer, files) for _ in range(setting.of(2, 1)))
        rates[peer.name] = pages / best
    table.rows += [[name, rate] for name, rate in rates.items()]
    if "PyMuPDF" in rates:
        ratio = rates["Outcrop"] / rates["PyMuPDF"]
        aims.append(Aim("speed beside PyMuPDF", ratio, at_least=0.5))
        aims.append(Aim("speed beside pypdf", rates["Outcrop"] / rates["pypdf"], at_least=20))
    long = peers.long(files, setting.scratch / "long.pdf", LONG_PAGES)
    _, _, peak, seconds = reader.read([long], "long")
    table.rows.append([f"A PDF of {LONG_PAGES} pages, s", seconds])
    table.rows.append([f"A PDF of {LONG_PAGES} pages, peak memory, MB", peak])
    _, _, one, _ = reader.read([files[0]], "one")
    table.rows.append(["One of its files alone, peak memory, MB", one])
    ratio = contained(setting, files)
    table.rows.append(["Contained, times", ratio])
    aims.append(Aim("the time of contained parsing beside that on a thread", ratio, at_most=1.1))
    return table, {"speed": len(files), "pages": pages}


def contained(setting, files):
    """What it costs to read files in processes of their own."""
    program = setting.target / "release/examples/contained"
    done = subprocess.run(
        [program, binary(), *files], stdout=subprocess.PIPE, check=True, text=True
    )
    return float(done.stdout.rsplit(": ", 1)[1].split(" times")[0])


def timed(peer, files):
    began = time.monotonic()
    for file in files:
        peer.text(file)
    return time.monotonic() - began
