"""The service models that botocore ships: the published shapes of Bedrock's four services."""

import functools
import gzip
import json
from pathlib import Path

import botocore

SERVICES = ("bedrock", "bedrock-agent", "bedrock-agent-runtime", "bedrock-runtime")

REPOSITORY = Path(__file__).resolve().parents[2]


@functools.cache
def load(service):
    """The newest model of a service, as the JSON that botocore reads."""
    versions = sorted((Path(botocore.__file__).parent / "data" / service).iterdir())
    with gzip.open(versions[-1] / "service-2.json.gz") as model:
        return json.load(model)


def main(path, render):
    """Writes a generated file of the repository."""
    path.write_text(render(), encoding="utf-8")
    print(f"wrote {path.relative_to(REPOSITORY)}")
