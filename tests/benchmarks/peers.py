"""Other programs that read PDFs: those that are here."""

import dataclasses
import shutil
import subprocess
from collections.abc import Callable

import pymupdf
import pypdf


@dataclasses.dataclass
class Peer:
    """Something that makes text of a PDF."""

    name: str
    text: Callable


def here():
    """The peers of this machine."""
    found = [Peer("PyMuPDF", _pymupdf), Peer("pypdf", _pypdf)]
    if shutil.which("pdftotext"):
        found.append(Peer("pdftotext", _pdftotext))
    return found


def pages(files):
    """How many pages some files have together."""
    total = 0
    for file in files:
        with pymupdf.open(file) as document:
            total += len(document)
    return total


def long(files, path, count):
    """A PDF of so many pages, put together of others."""
    with pymupdf.open() as joined:
        while len(joined) < count:
            for file in files:
                with pymupdf.open(file) as document:
                    last = min(len(document), count - len(joined)) - 1
                    if last >= 0:
                        joined.insert_pdf(document, to_page=last)
        joined.save(path)
    return path


def _pymupdf(file):
    with pymupdf.open(file) as document:
        return "\n".join(page.get_text() for page in document)


def _pypdf(file):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


def _pdftotext(file):
    done = subprocess.run(["pdftotext", file, "-"], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode(errors="replace")
