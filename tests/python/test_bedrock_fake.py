"""The fake Bedrock runtime speaks the protocol that the installed botocore knows."""

import json

import make_converse


def test_the_fakes_shapes_are_botocores():
    made = make_converse.render()
    kept = make_converse.PATH.read_text(encoding="utf-8")
    stale = f"{make_converse.PATH.name} is not what botocore says: run make_converse.py"
    assert json.loads(kept) == json.loads(made), stale
    assert kept == made, stale


def test_the_shapes_are_whole():
    shapes = json.loads(make_converse.PATH.read_text(encoding="utf-8"))
    for name in ("ConverseRequest", "ConverseResponse"):
        assert shapes[name]["type"] == "structure"
    for shape in shapes.values():
        parts = list(shape.get("members", {}).values())
        parts += [shape[part] for part in ("member", "key", "value") if part in shape]
        assert set(parts) <= shapes.keys()
