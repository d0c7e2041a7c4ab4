"""docs/errors.md: what it calls wrong is wrong with that code and the printed message, what it calls right compiles."""

import re
from pathlib import Path

import pytest

from segql.compiler.catalog.model import Catalog
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
from segql.compiler.diagnostics.render import render_all
from segql.compiler.pipeline import check, compile
from tests.compiler.own import OWN
from tests.compiler.seen import SEEN

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^## (SG\d+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("code", "section"), SECTIONS, ids=[code for code, _ in SECTIONS])
def test_examples(code: str, section: str) -> None:
    rights = re.findall(r"```segql\n(.*?)\n```", section, re.DOTALL)
    assert len(rights) == 1
    catalog = OWN if code == "SG309" else SEEN
    assert check(rights[0], catalog) == ()
    for wrong, message in re.findall(
        r"```segql wrong\n(.*?)\n```\n\n```text\n(.*?)\n```", section, re.DOTALL
    ):
        found = problems(wrong, catalog)
        assert code in {diagnostic.code.name for diagnostic in found}
        assert render_all(found) == message


def problems(text: str, catalog: Catalog) -> tuple[Diagnostic, ...]:
    """What is said of one statement: why it does not compile, or what is probably not meant."""
    try:
        return compile(text, catalog).warnings
    except DefinitionError as error:
        return error.diagnostics


def test_codes_of_the_store_of_sms_and_of_the_web_are_documented() -> None:
    from segql.runtime.errors import Code as StoreCode
    from segql.sms.errors import SmsCode
    from segql.web.access.errors import WebCode
    from segql.web.problems import OUR_FAULT

    rows = re.findall(r"^\| ([SMW]\d{3}) \| .+ \|$", PAGE, re.MULTILINE)
    assert rows == [*map(str, StoreCode), *map(str, SmsCode), *map(str, WebCode), OUR_FAULT]
