"""Makes api/src/constraints.json: what the inputs of the operations that are built must satisfy.

Taken from the botocore model, with the deviations that EXTENSIONS lists. Run it after botocore
was updated in requirements.txt, or after an operation was added to BUILT; test_drift.py fails
until then.
"""

import copy
import json

from botocore_model import REPOSITORY, load, main

PATH = REPOSITORY / "api/src/constraints.json"

BUILT = {
    "bedrock-agent": [
        "CreateKnowledgeBase",
        "GetKnowledgeBase",
        "UpdateKnowledgeBase",
        "DeleteKnowledgeBase",
        "ListKnowledgeBases",
        "CreateDataSource",
        "GetDataSource",
        "UpdateDataSource",
        "DeleteDataSource",
        "ListDataSources",
        "StartIngestionJob",
        "GetIngestionJob",
        "ListIngestionJobs",
        "StopIngestionJob",
        "IngestKnowledgeBaseDocuments",
        "GetKnowledgeBaseDocuments",
        "ListKnowledgeBaseDocuments",
        "DeleteKnowledgeBaseDocuments",
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    ],
    "bedrock-agent-runtime": ["Retrieve", "RetrieveAndGenerate"],
}

# Where this service departs from the model on purpose: (service, shape) to what is changed in it.
# Shapes that the model lacks are added whole.
EXTENSIONS = {
    # Folders on the server's machine.
    ("bedrock-agent", "DataSourceType"): lambda shape: shape["enum"].append("FOLDER"),
    ("bedrock-agent", "DataSourceConfiguration"): lambda shape: shape["members"].update(
        folderConfiguration={"shape": "FolderDataSourceConfiguration"}
    ),
    ("bedrock-agent", "FolderDataSourceConfiguration"): {
        "type": "structure",
        "required": ["path"],
        "members": {
            "path": {"shape": "FolderPath"},
            "inclusionPatterns": {"shape": "FolderPatterns"},
            "exclusionPatterns": {"shape": "FolderPatterns"},
            "watch": {"shape": "FolderWatch"},
        },
    },
    ("bedrock-agent", "FolderPath"): {"type": "string", "min": 1, "max": 4096},
    ("bedrock-agent", "FolderPatterns"): {
        "type": "list",
        "member": {"shape": "FolderPattern"},
        "max": 25,
    },
    ("bedrock-agent", "FolderPattern"): {"type": "string", "min": 1, "max": 1000},
    ("bedrock-agent", "FolderWatch"): {"type": "boolean"},
    # Confluence on the user's own machines.
    ("bedrock-agent", "ConfluenceHostType"): lambda shape: shape["enum"].append("DATA_CENTER"),
    ("bedrock-agent", "ConfluenceAuthType"): lambda shape: shape["enum"].append(
        "PERSONAL_ACCESS_TOKEN"
    ),
    # The quota that AWS documents; the model says 10.
    ("bedrock-agent", "KnowledgeBaseDocuments"): lambda shape: shape.update(max=25),
    ("bedrock-agent", "DocumentIdentifiers"): lambda shape: shape.update(max=25),
    # As AWS's own examples spell S3_LOCATION.
    ("bedrock-agent", "CustomSourceType"): lambda shape: shape["enum"].append("S3"),
    # The model writes /d{12} where \d{12} was meant, so that no ARN of ours would fit.
    ("bedrock-agent", "TaggableResourcesArn"): lambda shape: shape.update(
        pattern="arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:[a-z-]+/[a-zA-Z0-9/:._-]+"
    ),
    # A look-ahead that the rest of the pattern implies; Rust's regular expressions have none.
    ("bedrock-agent", "OpenSearchManagedClusterIndexName"): lambda shape: shape.update(
        pattern=shape["pattern"].removeprefix("(?![\\-_+.])")
    ),
    # The limit that Retrieve has; the model says 1000, which the live service exceeds.
    ("bedrock-agent-runtime", "RetrieveAndGenerateInputTextString"): lambda shape: shape.update(
        max=20000
    ),
}


def extended(service):
    """The shapes of a service, with our extensions."""
    shapes = copy.deepcopy(load(service)["shapes"])
    for (of, name), extension in EXTENSIONS.items():
        if of != service:
            continue
        if callable(extension):
            extension(shapes[name])
        else:
            assert name not in shapes, f"the model has a shape {name} now"
            shapes[name] = extension
    return shapes


def constraint(shape):
    """What one shape demands, and which shapes it is made of."""
    kind = "document" if shape.get("document") else shape["type"]
    made = {"type": kind}
    if kind == "structure":
        made["members"] = {name: of["shape"] for name, of in sorted(shape["members"].items())}
        query = [n for n, of in shape["members"].items() if of.get("location") == "querystring"]
        for name, of in shape["members"].items():
            assert of.get("locationName", name) == name, f"{name} has another name on the wire"
            assert of.get("location", "uri") in ("uri", "querystring"), f"{name} is no body member"
        made.update(required=sorted(shape.get("required", [])), query=query)
        made["union"] = shape.get("union")
    for part in ("member", "key", "value"):
        if part in shape:
            made[part] = shape[part]["shape"]
    for limit in ("min", "max", "pattern", "enum"):
        made[limit] = shape.get(limit)
    return {name: value for name, value in made.items() if value not in (None, [])}


def render():
    """For each service: the input shape of each operation, and all shapes that they reach."""
    tables = {}
    for service, built in BUILT.items():
        shapes = extended(service)
        inputs = {name: load(service)["operations"][name]["input"]["shape"] for name in built}
        reached, waiting = {}, list(inputs.values())
        while waiting:
            name = waiting.pop()
            if name in reached:
                continue
            made = reached[name] = constraint(shapes[name])
            waiting.extend(made.get("members", {}).values())
            waiting.extend(made[part] for part in ("member", "key", "value") if part in made)
        tables[service] = {"inputs": inputs, "shapes": dict(sorted(reached.items()))}
    return dumps(tables, depth=3) + "\n"


def dumps(value, depth):
    """JSON with a line for each entry of the outer `depth` levels."""
    if depth == 0:
        return json.dumps(value)
    entries = (f"{json.dumps(name)}: {dumps(of, depth - 1)}" for name, of in value.items())
    return "{\n" + ",\n".join(entries) + "\n}"


if __name__ == "__main__":
    main(PATH, render)
