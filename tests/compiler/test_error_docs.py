"""docs/errors.md: what it calls wrong is wrong with that code and the printed message, what it calls right compiles."""

import re
from pathlib import Path

import pytest

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.diagnostics.render import render_all
from segql.compiler.pipeline import check, compile
from tests.compiler.account import CATALOG

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (SG\d+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("code", "section"), SECTIONS, ids=[code for code, _ in SECTIONS])
def test_examples(code: str, section: str) -> None:
    rights = re.findall(r"```segql\n(.*?)\n```", section, re.DOTALL)
    assert len(rights) == 1
    assert check(rights[0], CATALOG) == ()
    for wrong, message in re.findall(
        r"```segql wrong\n(.*?)\n```\n\n```text\n(.*?)\n```", section, re.DOTALL
    ):
        with pytest.raises(DefinitionError) as raised:
            compile(wrong, CATALOG)
        assert code in {diagnostic.code.name for diagnostic in raised.value.diagnostics}
        assert render_all(raised.value.diagnostics) == message


def test_codes_of_the_store_and_of_sms_are_documented() -> None:
    from segql.runtime.errors import Code as StoreCode
    from segql.sms.errors import SmsCode

    rows = re.findall(r"^\| ([SM]\d{3}) \| .+ \|$", PAGE, re.MULTILINE)
    assert rows == [*map(str, StoreCode), *map(str, SmsCode)]
