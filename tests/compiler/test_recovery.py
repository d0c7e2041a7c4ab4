"""After a mistake the rest is read: so many mistakes, so many messages, each in its place, and none about what is right."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic
from segql.compiler.pipeline import check
from tests.compiler.account import CATALOG

# One mistake each, the code of its message, and the text under the caret.
MISTAKES = {
    'dd "Placed Order"': ("SG101", "dd"),
    "can recieve sms": ("SG101", "recieve"),
    'in lsit "VIP"': ("SG101", "lsit"),
    "in list VIP": ("SG101", "VIP"),
    "engagd with sms": ("SG101", "engagd"),
    'nmber of "Placed Order" at least 3': ("SG101", "nmber"),
    'number of "Placed Order" at laest 3': ("SG101", "laest"),
    "predicted_clv more then 5": ("SG101", "then"),
    "predicted_clv betwen 3 and 5": ("SG101", "betwen"),
    'gender starst with "a"': ("SG101", "starst"),
    'gender is is "f"': ("SG101", " is"),
    'gender == "f"': ("SG101", "="),
    'gender in ("f", "m")': ("SG101", "in"),
    'gender is in ("f" "m")': ("SG101", '"m"'),
    'gender is in ("f", "m",)': ("SG101", ","),
    "gender is 'f'": ("SG101", "'f'"),
    "gender is “f”": ("SG101", "“f”"),
    'did "Placed Order" in the last 30 dyas': ("SG101", "dyas"),
    'did "Placed Order" in last 30 days': ("SG101", "last"),
    'did "Placed Order" at least 3 this month': ("SG101", "this"),
    'did "Placed Order" wher Total more than 5': ("SG101", "wher"),
    'within 5 miles "02139" in US': ("SG101", '"02139"'),
    "gender foo": ("SG101", "foo"),
    'did "Plaecd Order"': ("SG202", '"Plaecd Order"'),
    'did "Placed Order" where Totl more than 5': ("SG203", "Totl"),
    'gander is "f"': ("SG201", "gander"),
    "gender more than 5": ("SG301", "gender more than 5"),
    "created is before 2023-02-30": ("SG105", "2023-02-30"),
    # Half of a condition.
    "in the last": ("SG101", "in the last"),
    "in the last dyas": ("SG101", "in the last dyas"),
    "in the last 30 days": ("SG101", "in the last 30 days"),
    "this month": ("SG101", "this month"),
    "yesterday": ("SG101", "yesterday"),
    "texted us": ("SG101", "texted us"),
    'received "June"': ("SG101", "received"),
    "subscribed sms": ("SG101", "subscribed"),
    'gender starts "a"': ("SG101", "starts"),
    'did "Placed Order" atleast 3 times': ("SG101", "atleast"),
    'did "Placed Order" then within 2 days': ("SG101", "then"),
    "Loyalty Tier is set": ("SG101", "Loyalty Tier"),
    "did Placed Order twice": ("SG101", "Placed Order"),
    'did "Placed Order" during the last 30 days': ("SG101", "during the last"),
    'did "Placed Order" last 30 days': ("SG101", "last 30 days"),
    "prefers sms over sms": ("SG106", "prefers sms over sms"),
}
GANDER = 'there is no attribute called "gander"'
RIGHT = (
    "can receive sms",
    'gender is "f"',
    'did "Placed Order" twice',
    "(created is today or created is set)",
)


def found(text: str) -> list[tuple[str, str]]:
    return [(one.code.name, text[one.span.start : one.span.end]) for one in errors(text)]


def errors(text: str) -> list[Diagnostic]:
    return [one for one in check(text, CATALOG) if one.severity == "error"]


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "not {}",
        "can receive sms and {} and not (created is today or {})",
        'segment "A": {}\nsegment "B": in segment "A"',
        "({} or created is today) and can receive sms",
    ],
)
def test_one_mistake_has_one_message(mistake: str, around: str) -> None:
    text = around.replace("{}", mistake, 1).replace("{}", "created is set")
    assert found(text) == [MISTAKES[mistake]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*MISTAKES, *RIGHT]), min_size=2, max_size=8),
    st.sampled_from((" and ", " or ", "\nand ")),
)
def test_so_many_mistakes_in_one_condition_have_so_many_messages(parts: list[str], joined: str) -> None:
    wanted = [MISTAKES[part] for part in parts if part in MISTAKES]
    assert found(joined.join(parts)) == wanted


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*MISTAKES, *RIGHT]), min_size=2, max_size=8))
def test_so_many_mistakes_in_a_file_have_so_many_messages(parts: list[str]) -> None:
    text = "\n\n".join(f'segment "S{index}":\n  {part}' for index, part in enumerate(parts))
    assert found(text) == [MISTAKES[part] for part in parts if part in MISTAKES]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # Mistakes in what holds conditions together.
        ('gender is "f" can receive sms', ["`and` or `or` is missing before `can`"]),
        ('gender is "f" and and can receive sms', ["`and` directly follows `and`"]),
        ('gender is "f" and or gander is "f"', ["`or` directly follows `and`", GANDER]),
        ('gender is "f" && can receive sms', ["`&&` is no word of the language"]),
        ('gender is "f" and', ["no condition follows behind this `and`"]),
        ('and gender is "f"', ["no condition stands before this `and`"]),
        ('(gender is "f"', ["this bracket is not closed"]),
        ('(gender is "f" and (can receive sms', ["this bracket is not closed", "this bracket is not closed"]),
        ('gender is "f") and gander is set', ["this bracket closes nothing", GANDER]),
        ("gender is and created is today", ["`and` cannot stand here"]),
        ('gender is "f and created is today', ["a text begins here and does not end"]),
        ('segment "A" gender is "f"', ["`:` is missing before `gender`"]),
        ("segment A: can receive sms", ["A has no quotation marks"]),
        # A condition without an end, or a text, does not take the next segment with it.
        ('segment "A": gender is\nsegment "B": gander is "f"', ["the text ends too early", GANDER]),
        ('segment "A": gender is "f\nsegment "B": gander is "f"', ["a text begins here and does not end", GANDER]),
        ('segment "A": (gender is "f"\nsegment "B": gander is "f"', ["this bracket is not closed", GANDER]),
    ],
)  # fmt: skip
def test_what_holds_conditions_together(text: str, wanted: list[str]) -> None:
    assert [one.message for one in errors(text)] == wanted


def test_a_segment_that_cannot_be_read_is_not_said_to_be_missing() -> None:
    assert [one.code for one in errors('segment A B C\nsegment "D": in segment "E"\n')].count(Code.SG205) == 0


def test_places_are_those_of_the_text_as_it_was_written() -> None:
    parts = ["can recieve sms", 'did "Placed Order" in last 30 dyas', 'gander is "f"', "'x' is set"]
    for chosen in combinations(parts, 3):
        text = "\n  and ".join(chosen)
        for one in errors(text):
            for fix in one.fixes:
                for edit in fix.edits:
                    assert 0 <= edit.span.start <= edit.span.end <= len(text)
                    assert one.span.start - 1 <= edit.span.start <= one.span.end


def test_after_many_mistakes_reading_stops() -> None:
    assert 10 <= len(errors(" and ".join(["gender foo"] * 5_000))) <= 51


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("in the last", "`in the last` says when, but not what", "a number with a unit"),
        ("in the last dyas", "says when, but not what", "a number with a unit"),
        ("this month", "says when", 'did "Placed Order" this month'),
        ("in the next 7 days", "says when", "write: birthday in the next 7 days"),
        ("more than 60 days ago", "says when", 'did "Placed Order" more than 60 days ago'),
        ('gender is "f" or is "m"', "nothing stands before `is`", 'gender is "female"'),
        ("at least 3 times", "nothing stands before `at least`", "at least 3"),
        ("contains 3", "nothing stands before `contains`", 'gender is "female"'),
        ("more than 3", "nothing stands before `more than`", 'number of "Placed Order" at least 3'),
        ("can", "`can` is only the beginning of `can receive`", "an operator"),
        ("in VIP", "`in` is only the beginning of `in list` or `in segment`", "write: in list or in segment"),
        ("trend gender is set over", "`over` is only the beginning of `over the last`", "over the last"),
        ("define f", "a `define` has a name and brackets", "define lapsed(event)"),
        ("segment", "a segment has a name in quotes", 'segment "Subscribers"'),
        ("why", "`why` asks about somebody and a condition", 'why "ada@example.com"'),
        ('did "Placed Order" then where Total is set', "behind `then` stands an event", "then"),
    ],
)
def test_what_is_half_written_is_told_with_how_it_goes_on(text: str, message: str, remedy: str) -> None:
    (one,) = errors(text)
    assert message in one.message
    assert remedy in (one.remedy or "")
