"""Keywords are whole words: a name that begins as one of them is a name."""

import pytest

from segql.compiler.conditions import Attribute, Comparison, Is
from segql.compiler.parse.parser import parse_text
from segql.compiler.statements import Ask


@pytest.mark.parametrize(
    "name", ["settled", "set.by", "lastname", "emptyhanded", "ever_green", "thisyear", "IN_store"]
)
def test_a_name_may_begin_as_a_keyword(name: str) -> None:
    (statement,) = parse_text(f"gender is {name}").statements
    assert statement == Ask(
        condition=Comparison(term=Attribute(name="gender"), test=Is(value=Attribute(name=name)))
    )
