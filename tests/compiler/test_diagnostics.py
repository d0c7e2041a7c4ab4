"""Mistakes: every code is raised, worded with place and remedy, and documented; fixes lead to texts that compile."""

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from segql.compiler.catalog.model import Segment
from segql.compiler.conditions import extent
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.diagnostics.render import as_record, render_all
from segql.compiler.pipeline import check
from tests.compiler.account import CATALOG
from tests.compiler.own import OWN
from tests.compiler.seen import SEEN
from tests.compiler.test_lints import FOUND as LINTED

DOCS = Path(__file__).parents[2] / "docs" / "errors.md"

MISTAKES = {
    "nothing": "",
    "only a comment": "-- nobody",
    "ends too early": "gender is",
    "bracket open": '(gender is "f"',
    "bracket closed": 'gender is "f")',
    "text open": 'gender is "f',
    "curly quotes": "gender is “f”",
    "odd character": 'gender is "f" & can receive sms',
    "keyword misspelt": 'did "Placed Order" in the last 30 dyas',
    "second word misspelt": "can recieve sms",
    "second word misspelt in a list": 'in lsit "VIP"',
    "number with a fraction": 'did "Placed Order" at least 2.5 times',
    "huge number": 'did "Placed Order" at least 99999999999999999999 times',
    "recency without a question": 'can receive sms and last "Placed Order"',
    "no calendar unit": "created is this hour",
    "and with or": 'gender is "f" and can receive sms or did "Placed Order"',
    "or with and": 'gender is "f" or can receive sms and did "Placed Order" or created is today',
    "too deep": "not (gender is set and (" * 40 + "can receive sms" + "))" * 40,
    "too long": "gender is set" + " " * 1_000_000,
    "no such day": "created is before 2023-02-30",
    "no such time": "created is before 2023-02-03 25:00",
    "empty window": 'did "Placed Order" in the last 0 days',
    "window upside down": 'did "Placed Order" between 30 and 3 days ago',
    "dates upside down": 'did "Placed Order" between 2023-03-01 and 2023-01-01',
    "times upside down": 'did "Placed Order" between 5 and 2 times',
    "never fewer than none": 'did "Placed Order" fewer than 0 times',
    "range upside down": "predicted_clv between 20 and 10",
    "an instant is no day": "created is on 3 hours ago",
    "no share": "top 0% by predicted_clv",
    "nobody": "top 0 by predicted_clv",
    "off the earth": "within 5 km of (100, 20)",
    "channel over itself": "prefers sms over sms",
    "unknown attribute": 'gander is "f"',
    "unknown attribute, nothing near": 'zzzzqqq is "f"',
    "unknown event": 'did "Plaecd Order"',
    "unknown property": 'did "Placed Order" where Totl more than 5',
    "unknown list": 'in list "VPI"',
    "unknown segment": 'in segment "Subscriber"',
    "unknown postal code": 'within 5 km of "99999" in US',
    "unknown place": 'within 5 km of place "Stroe"',
    "circle": 'in segment "Circle A"',
    "itself": 'segment "A": in segment "A"',
    "two of one name": 'segment "A": can receive sms segment "a": gender is "f"',
    "text compared with a number": "gender more than 5",
    "number compared with a text": 'predicted_clv is "5"',
    "text compared with a bare number": "gender is 5",
    "number that contains": 'predicted_clv contains "5"',
    "text in a window": "gender is in the last 3 days",
    "number among texts": 'predicted_clv is in (1, "2")',
    "list that is": '"SMS Preferences" is "a"',
    "date that is": "birthday at least 5",
    "boolean that is": 'accepts_cookies is "yes"',
    "object": 'details is "x"',
    "text in a sum": 'sum of "Discount Code" from "Placed Order" more than 5',
    "list counted": 'number of different Items from "Placed Order" more than 5',
    "arithmetic with text": "predicted_clv + gender more than 5",
    "rank by text": "top 5% by gender",
    "measure of none": 'number of none of ("Opened Email", "Clicked Email") at least 2',
    "never subscribed in a window": "never subscribed to sms in the last 3 days",
    "types differ": 'did any of ("Placed Order", "Started Checkout") where Gift is true',
    "other currency": "predicted_clv at least £10",
    "bad pattern": 'gender matches "(a"',
    "look-ahead": 'gender matches "a(?=b)"',
    "events in the future": 'did "Placed Order" in the next 3 days',
    "people in where": 'did "Placed Order" where number of "Clicked SMS" more than 3',
    "item of a list of objects": 'any item of Cart contains "x"',
    "item of a text": 'any item of gender contains "x"',
    "item of a number": "no item of predicted_clv where Price is 3",
    "fields of texts": 'any item of "SMS Preferences" where Category is "x"',
    "item compared with a number": 'every item of "SMS Preferences" at least 3',
    "items in the plural": 'any items of "SMS Preferences" contains "x"',
    "item of which nothing is asked": 'any item of "SMS Preferences"',
    "unknown define": 'quite("Placed Order")',
    "unknown set of countries": "phone_country is in EUU",
    "call without its parameter": 'define quiet(event): did not $event segment "A": quiet()',
    "unknown time zone": 'can receive sms in time zone "Europe/Pariss"',
    "unknown parameter": "define quiet(event): did not $evnt",
    "sequence of nothing": 'did not "Placed Order" then "Clicked SMS"',
    "no history": 'gender has been "f" for 3 days',
    "several at once": 'gander is "f" and did "Nothing" and predicted_clv is "x"',
    "lost brackets, misspelt words and unknown names": 'did "Plaecd Order" in last 30 dyas and (gander is "f"',
    "several segments": 'segment "A": gender is\nsegment "B": gander is "f"\nsegment "C": did',
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name: str, snapshot: SnapshotAssertion) -> None:
    found = check(MISTAKES[name], CATALOG, "people.segql")
    assert found
    assert snapshot == render_all(found)


@pytest.mark.parametrize("name", MISTAKES)
def test_every_message_has_a_remedy_and_a_place(name: str) -> None:
    for diagnostic in check(MISTAKES[name], CATALOG):
        assert diagnostic.remedy
        record = as_record(diagnostic)
        assert (1, 1) <= (record["line"], record["column"]) <= (record["end_line"], record["end_column"])


def test_every_code_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = {item.code for text in MISTAKES.values() for item in check(text, CATALOG)}
    raised |= {item.code for item in _several_statements()}
    raised |= {item.code for text in LINTED for item in check(text, SEEN)}
    raised |= {item.code for item in check('in list "VIP"', OWN)}
    monkeypatch.setattr(extent, "MOST_CONDITIONS", 1)
    raised |= {item.code for item in check("can receive sms and can receive email", CATALOG)}
    assert raised == set(Code)


@pytest.mark.parametrize("text", [*MISTAKES.values(), *LINTED], ids=[*MISTAKES, *LINTED])
def test_messages_are_worded_by_the_rules(text: str) -> None:
    """A message begins in the middle of a sentence, names what was found, and ends without a full stop; a remedy says
    what to do."""
    for item in check(text, SEEN):
        for said in (item.message, item.remedy or "", *(fix.title for fix in item.fixes)):
            assert said, item
            assert not said[0].isupper() or said.split()[0] in _names(text), said
            assert not said.endswith((".", "!", " ")) or said.endswith("..."), said
            assert "\n" not in said
        assert len(item.message) <= 200
        assert item.code.severity in ("error", "warning", "hint")


def _names(text: str) -> set[str]:
    """The words of the text itself: a message may begin with one of them."""
    return set(re.findall(r"[^\s()]+", text))


def test_every_code_is_documented() -> None:
    pages = DOCS.read_text(encoding="utf-8")
    assert [code.name for code in Code if f"## {code.name}" not in pages] == []


@pytest.mark.parametrize("name", MISTAKES)
def test_fixes_remove_the_mistake(name: str) -> None:
    text = MISTAKES[name]
    for diagnostic in check(text, CATALOG):
        for fix in diagnostic.fixes:
            mended = text
            for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
                mended = mended[: edit.span.start] + edit.text + mended[edit.span.end :]
            left = [item for item in check(mended, CATALOG) if item.message == diagnostic.message]
            assert left == []


def test_mistakes_of_a_stored_segment_are_shown_in_its_own_text() -> None:
    broken = CATALOG.changed(segments=(Segment(name="Subscribers", definition='gander is "f"'),))
    (found,) = check('in segment "Subscribers"', broken)
    assert found.source.name == 'segment "Subscribers"'


def test_colour_on_a_terminal_and_none_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from segql.cli.output import write_diagnostics

    found = check('gander is "f"', CATALOG)
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    write_diagnostics(found)
    assert "\x1b" not in (plain := capsys.readouterr().err)
    monkeypatch.setenv("FORCE_COLOR", "1")
    write_diagnostics(found)
    coloured = capsys.readouterr().err
    assert re.search(r"\x1b\[[0-9;]*mer+or SG201", coloured)
    assert re.search(r"\x1b\[[0-9;]*m\^+", coloured)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def _several_statements() -> tuple[Diagnostic, ...]:
    from segql.compiler.diagnostics.diagnostic import DefinitionError
    from segql.compiler.pipeline import compile

    with pytest.raises(DefinitionError) as raised:
        compile('segment "A": can receive sms segment "B": can receive sms', CATALOG)
    return raised.value.diagnostics
