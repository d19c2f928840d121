"""Makes api/src/operations.tsv: every operation of the four services, with its route.

Run it after botocore was updated in requirements.txt; test_drift.py fails until then.
"""

from botocore_model import REPOSITORY, SERVICES, load, main

PATH = REPOSITORY / "api/src/operations.tsv"


def render():
    """One line for each operation: service, name, method, path template, status of success."""
    lines = []
    for service in SERVICES:
        for name, operation in sorted(load(service)["operations"].items()):
            http = operation["http"]
            status = http.get("responseCode", 200)
            lines.append(f"{service}\t{name}\t{http['method']}\t{http['requestUri']}\t{status}\n")
    return "".join(lines)


if __name__ == "__main__":
    main(PATH, render)
