"""Checks every response that boto3 receives against the published model, member by member.

boto3 itself reads a response generously: it passes over unknown members and misses none. Stricter
clients (Rust's, Go's, Terraform's) do not, so the tests must not either.
"""

import base64
import json
from datetime import datetime

import regex

# What responses may carry beyond the model.
EXTENSIONS = {
    ("IngestionJob", "outcrop"),
    ("IngestionJobSummary", "outcrop"),
    ("DataSourceConfiguration", "folderConfiguration"),
}
EXTENDED_ENUMS = {
    "DataSourceType": {"FOLDER"},
    "ConfluenceHostType": {"DATA_CENTER"},
    "ConfluenceAuthType": {"PERSONAL_ACCESS_TOKEN"},
}

REQUEST_ID = regex.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_client(client):
    """Makes a client fail where a response departs from the model."""
    client.meta.events.register("after-call", _after_call)
    return client


def _after_call(http_response, model, **_):
    headers = http_response.headers
    assert REQUEST_ID.fullmatch(headers["x-amzn-requestid"]), dict(headers)
    assert "date" in headers
    body = json.loads(http_response.content)
    if http_response.status_code < 300:
        assert http_response.status_code == model.http.get("responseCode", 200), model.name
        check_shape(model.output_shape, body, model.name)
        return
    error = headers["x-amzn-errortype"]
    assert body["message"], body
    statuses = {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in model.error_shapes}
    statuses["UnknownOperationException"] = 404
    assert statuses.get(error) == http_response.status_code, (error, http_response.status_code)
    shapes = {shape.name: shape for shape in model.error_shapes}
    if error in shapes:
        check_shape(shapes[error], body, error)


def check_shape(shape, value, path):
    """Asserts that a JSON value is what a shape of the model says."""
    kind = shape.type_name
    if kind == "structure" and shape.metadata.get("document"):
        return
    if kind == "structure":
        assert isinstance(value, dict), path
        assert None not in value.values(), f"{path} has a null"
        missing = set(shape.required_members) - set(value)
        assert not missing, f"{path} lacks {missing}"
        if shape.is_tagged_union:
            assert len(set(value) & set(shape.members)) == 1, f"{path} is a union: {value}"
        for name, member in value.items():
            if name in shape.members:
                check_shape(shape.members[name], member, f"{path}.{name}")
            else:
                assert (shape.name, name) in EXTENSIONS, f"{path} has an unknown member {name}"
    elif kind == "list":
        assert isinstance(value, list), path
        _check_bounds(shape, len(value), path)
        for position, member in enumerate(value):
            check_shape(shape.member, member, f"{path}[{position}]")
    elif kind == "map":
        assert isinstance(value, dict), path
        _check_bounds(shape, len(value), path)
        for name, member in value.items():
            check_shape(shape.key, name, f"{path}'s key")
            check_shape(shape.value, member, f"{path}.{name}")
    else:
        _check_scalar(shape, value, path)


def _check_scalar(shape, value, path):
    kind = shape.type_name
    if kind == "string":
        assert isinstance(value, str), path
        _check_bounds(shape, len(value), path)
        allowed = set(shape.enum) | EXTENDED_ENUMS.get(shape.name, set())
        assert not shape.enum or value in allowed, f"{path} is {value}"
        pattern = shape.metadata.get("pattern")
        assert pattern is None or regex.fullmatch(pattern, value), f"{path} is {value}"
    elif kind in ("integer", "long"):
        assert type(value) is int, f"{path} is {value}"
        _check_bounds(shape, value, path)
    elif kind in ("float", "double"):
        assert type(value) in (int, float), path
        _check_bounds(shape, value, path)
    elif kind == "boolean":
        assert type(value) is bool, path
    elif kind == "timestamp":
        assert value.endswith("Z") and datetime.fromisoformat(value), f"{path} is {value}"
    elif kind == "blob":
        base64.b64decode(value, validate=True)
    else:
        raise AssertionError(f"{path} is of the unknown kind {kind}")


def _check_bounds(shape, size, path):
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    assert minimum is None or size >= minimum, f"{path} is too small: {size}"
    assert maximum is None or size <= maximum, f"{path} is too large: {size}"
