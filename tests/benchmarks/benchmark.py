"""Runs the sections that are asked for; prints each as it is done, and keeps all of them."""

import argparse
import json
import shutil
import sys
import time

import cacm
import documents
import ingestion
import reports
import scale
import squad
import unchanged
from report import kept, write
from setting import REPOSITORY, OtherWork, Setting, Skipped, machine, say, version

SECTIONS = {
    "documents": documents,
    "ingestion": ingestion,
    "scale": scale,
    "unchanged": unchanged,
    "reports": reports,
    "cacm": cacm,
    "squad": squad,
}


def arguments():
    parser = argparse.ArgumentParser(prog="tests/benchmark", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="everything at a small scale")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    given = parser.parse_args()
    unknown = set(given.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    if given.quick and given.write:
        parser.error("the figures of a quick run say nothing: --write wants a whole one")
    return given


def main():
    given = arguments()
    setting = Setting(given.quick)
    file = setting.kept / ("quick.json" if given.quick else "benchmarks.json")
    results = json.loads(file.read_text()) if file.exists() else {}
    for name in given.sections or SECTIONS:
        print(f"== {name}", file=sys.stderr, flush=True)
        circumstances = {
            "date": time.strftime("%Y-%m-%d"),
            "commit": version(),
            "machine": machine(),
        }
        others = OtherWork()
        try:
            section = SECTIONS[name].run(setting)
        except Skipped as reason:
            print(f"skipped: {name}: {reason}\n", flush=True)
            continue
        results[name] = kept(section, circumstances | {"others": others.processors()})
        file.write_text(json.dumps(results, indent=1))
        print(results[name]["markdown"] + "\n", flush=True)
    shutil.rmtree(setting.scratch, ignore_errors=True)
    print(f"The figures are in {file}", file=sys.stderr)
    if given.write:
        document = REPOSITORY / "docs/benchmarks.md"
        write(document, [results[name] for name in SECTIONS if name in results])


if __name__ == "__main__":
    main()
