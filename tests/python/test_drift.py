"""The tables in the repository are those that the pinned botocore gives."""

import pytest

import make_constraints
import make_operations
from botocore_model import load


@pytest.mark.parametrize("made", [make_operations, make_constraints])
def test_tables_are_up_to_date(made):
    assert made.PATH.read_text(encoding="utf-8") == made.render(), f"run {made.__name__}.py"


def test_extensions_depart_from_the_model():
    """An extension that the model has caught up with is to be removed."""
    for (service, name), _ in make_constraints.EXTENSIONS.items():
        published = load(service)["shapes"].get(name)
        assert make_constraints.extended(service)[name] != published, name
