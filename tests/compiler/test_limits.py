"""Sizes: what is large compiles, and what is too large has an error with a code; never a crash or a RecursionError."""

import pytest

from segql.compiler.conditions import extent
from segql.compiler.diagnostics.codes import Code
from segql.compiler.parse import parser
from segql.compiler.pipeline import check, compile
from tests.compiler.account import CATALOG

MANY = 10_000


def codes(text: str) -> list[Code]:
    return [one.code for one in check(text, CATALOG) if one.severity == "error"]


def test_ten_thousand_conditions_compile() -> None:
    compiled = compile(" or ".join(f"predicted_clv is {number}" for number in range(MANY)), CATALOG)
    assert str(MANY - 1) in str(compiled.count_sql().values)


def test_more_conditions_have_an_error_with_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "MOST_CONDITIONS", 20)
    assert codes(" or ".join(["can receive sms"] * 20)) == []
    assert codes(" or ".join(["can receive sms"] * 21)) == [Code.SG120]
    assert codes('did "Placed Order" where (' + " or ".join(["Total more than 5"] * 20) + ")") == [Code.SG120]
    # Each segment has its own.
    assert (
        codes("\n".join(f'segment "{i}": ' + " or ".join(["can receive sms"] * 15) for i in range(3))) == []
    )


def test_a_text_of_a_million_characters_is_read() -> None:
    comment = "-- " + "x" * 997
    text = "can receive sms\n" + f"{comment}\n" * 998
    assert 990_000 < len(text) <= parser.MAX_CHARACTERS
    assert codes(text) == []
    assert codes(text + f"{comment}\n" * 5) == [Code.SG104]


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        ")",
        '"',
        "word ",
        "and ",
        "not ",
        'did "Placed Order" and ',
        "f(",
        ",",
        "a.",
        "-",
        'segment "a": gender is "f" ',
    ],
)
def test_a_million_characters_of_anything_have_errors_with_codes(piece: str) -> None:
    found = codes((piece * 1_000_000)[:1_000_000])
    assert found
    assert set(found) <= {Code.SG101, Code.SG104}


def test_the_steps_of_a_sequence_are_counted() -> None:
    assert codes('did "Placed Order"' + ' then "Opened Email"' * (MANY + 1)) == [Code.SG120]


def test_a_thousand_brackets_are_read() -> None:
    assert codes("(" * 1_000 + "can receive sms" + ")" * 1_000) == []


def test_a_thousand_brackets_without_an_end_are_errors() -> None:
    assert set(codes("(" * 1_000 + "can receive sms")) == {Code.SG101}
    assert set(codes("can receive sms" + ")" * 1_000)) == {Code.SG101}
    assert set(codes("(" * 1_000)) == {Code.SG101}


@pytest.mark.parametrize(
    "build",
    [
        lambda n: (
            "".join("gender is set and (created is set or (" for _ in range(n // 2))
            + "can receive sms"
            + ")" * n
        ),
        lambda n: "not " * n + "can receive sms",
        lambda n: "predicted_clv " + "+ (1 " * n + ")" * n + " more than 5",
        lambda n: "predicted_clv more than " + "- " * n + "5",
    ],
    ids=["and-or", "not", "sums", "minus"],
)
def test_deep_nesting_compiles_or_has_an_error_with_a_code(build: object) -> None:
    assert callable(build)
    assert codes(build(50)) == []
    for levels in (100, 1_000):
        assert set(codes(build(levels))) <= {Code.SG103}


def test_sixty_four_alternations_compile_to_sql() -> None:
    text = "".join("gender is set and (created is set or (" for _ in range(31)) + "can receive sms" + ")" * 62
    assert compile(text, CATALOG).sql().text


def test_segments_that_grow_with_each_other_have_an_error_with_a_code() -> None:
    """Each uses the one before twice: the last would have a million million conditions."""
    lines = ['segment "S0": can receive sms']
    lines += [f'segment "S{i}": in segment "S{i - 1}" or not in segment "S{i - 1}"' for i in range(1, 41)]
    assert set(codes("\n".join(lines))) == {Code.SG103, Code.SG120}
    calls = [
        "define d0(): can receive sms",
        *(f"define d{i}(): d{i - 1}() or not d{i - 1}()" for i in range(1, 41)),
    ]
    assert set(codes("\n".join(calls))) == {Code.SG103, Code.SG120}


def test_a_long_chain_of_segments_has_an_error_with_a_code() -> None:
    lines = [
        'segment "S0": can receive sms',
        *(f'segment "S{i}": in segment "S{i - 1}"' for i in range(1, 1_000)),
    ]
    assert set(codes("\n".join(lines))) == {Code.SG103}
    assert codes("\n".join(lines[:60])) == []
