"""The names of the package, and what importing it costs."""

import subprocess
import sys

import pytest

import segql.sms


def test_importing_sms_loads_nothing_heavy() -> None:
    code = """
import sys, segql.sms
segql.sms.count_parts("hi"); segql.sms.classify("hi"); segql.sms.may_text
print([name for name in ("duckdb", "pyarrow", "jinja2") if name in sys.modules])
"""
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize("name", segql.sms.__all__)
def test_every_public_name_exists(name: str) -> None:
    assert getattr(segql.sms, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        segql.sms.nothing  # noqa: B018
