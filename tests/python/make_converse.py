"""Makes fixtures/src/bedrock_server/converse.json: the shapes of Converse, request and response.

The fake Bedrock runtime refuses what they lack, and sends nothing else itself. Run it after
botocore was updated in requirements.txt; test_bedrock_fake.py fails until then.
"""

import json

from botocore_model import REPOSITORY, load, main

PATH = REPOSITORY / "fixtures/src/bedrock_server/converse.json"


def reached(shapes, roots):
    """The names of all shapes that some shapes are made of, and their own."""
    names, waiting = set(), list(roots)
    while waiting:
        name = waiting.pop()
        if name in names:
            continue
        names.add(name)
        shape = shapes[name]
        parts = list(shape.get("members", {}).values())
        parts += [shape[part] for part in ("member", "key", "value") if part in shape]
        waiting += [part["shape"] for part in parts]
    return sorted(names)


def compact(shape):
    """What a value of a shape must be like."""
    made = {"type": "document" if shape.get("document") else shape["type"]}
    if made["type"] == "structure":
        # The model id is in the path, not in the body.
        body = {n: m for n, m in shape["members"].items() if "location" not in m}
        made["members"] = {
            member.get("locationName", name): member["shape"] for name, member in body.items()
        }
        made["required"] = [name for name in shape.get("required", []) if name in body]
        made["union"] = shape.get("union")
    for part in ("member", "key", "value"):
        if part in shape:
            made[part] = shape[part]["shape"]
    for limit in ("enum", "min", "max"):
        made[limit] = shape.get(limit)
    return {key: value for key, value in made.items() if value not in (None, [])}


def render():
    """One shape on a line, in the order of their names."""
    model = load("bedrock-runtime")
    operation = model["operations"]["Converse"]
    roots = [operation["input"]["shape"], operation["output"]["shape"]]
    names = reached(model["shapes"], roots)
    lines = (f"{json.dumps(n)}: {json.dumps(compact(model['shapes'][n]))}" for n in names)
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main(PATH, render)
