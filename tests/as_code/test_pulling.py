"""What is stored comes into files so that they say it; what they say already, and their comments, stay."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import segql
from segql.compiler.folder import Folder
from segql.compiler.format import format
from segql.compiler.text import fold
from segql.runtime.as_code.pulling import Pulled, pull

FILE = """-- Those who pay.

-- The best of them.
segment "Gold" [owner: ann]: -- by tier
  tier is "gold" -- not platinum
  -- and who may be texted
  and can receive sms

define rich(n = 50): score at least $n -- euros
-- the end
"""


def catalog(text: str) -> segql.Catalog:
    """What is stored when a text is."""
    return Folder({"stored": text}).over(segql.Catalog())


def pulled(stored: str, *taken: str, **texts: str) -> Pulled:
    files = {f"{name}.segql": text for name, text in texts.items()}
    return pull(catalog(stored), files, (*taken, *files))


def test_what_a_file_says_already_stays_as_it_is() -> None:
    assert pulled(FILE, a=FILE).files == {}
    assert pulled(format(FILE), a=FILE.replace("segment", "SEGMENT   ")).files == {}


def test_a_changed_segment_changes_in_its_place_with_its_own_comments() -> None:
    now = FILE.replace("[owner: ann]", "[owner: bob]").replace("can receive sms", "can receive email")
    now = (
        now.replace("Those who pay", "Others")
        .replace("best of them", "very best")
        .replace("  -- and who", "")
    )
    now = now.replace(" may be texted\n", "")
    assert pulled(now, a=FILE).files == {
        "a.segql": """-- Those who pay.

-- The very best.
segment "Gold" [owner: bob]: -- by tier
  tier is "gold" -- not platinum
  and can receive email

define rich(n = 50): score at least $n -- euros
-- the end
"""
    }


def test_a_changed_define_changes_in_its_place() -> None:
    files = pulled(FILE.replace("50", "60"), a=FILE).files
    beginning = FILE.partition("define")[0]
    assert files == {
        "a.segql": f"{beginning}define rich(n = 60):\n  score at least $n -- euros\n  -- the end\n"
    }


def test_statements_beside_each_other_come_onto_lines_of_their_own() -> None:
    written = 'segment "A": x is 1 segment "B": x is 2 -- two\n and y is 2 segment "C": x is 3 -- three'
    stored = 'segment "A": x is 1 segment "B": x is 2 -- 2\nsegment "C": x is 3 -- three'
    assert pulled(stored, a=written).files == {
        "a.segql": 'segment "A": x is 1\n\nsegment "B":\n  x is 2 -- 2\n\nsegment "C": x is 3 -- three'
    }


def test_a_comment_below_stays_apart_from_what_follows() -> None:
    stored = 'segment "B": x is 3\nsegment "A": x is 1\n-- agreed'
    assert pulled(stored, a='segment "A": x is 1\n-- of B\nsegment "B": x is 3').files == {
        "a.segql": 'segment "A":\n  x is 1\n  -- agreed\n\nsegment "B":\n  x is 3'
    }


def test_each_other_one_gets_a_file_of_its_own() -> None:
    found = pulled(
        'segment "SMS VIPs (5%)" [tags: a, b]: top 5% by clv expect in: { clv: 5 } expect out: {}\n'
        'segment "../../etc/passwd": a is 1\nsegment "../..": a is 2\nsegment "Été": a is 3\n'
        'define rich(n): clv > $n\nsegment "taken": a is 4',
        "Taken.segql",
    )
    assert found.files == {
        "define-rich.segql": "define rich(n):\n  clv more than $n\n",
        "sms-vips-5.segql": 'segment "SMS VIPs (5%)" [tags: a, b]:\n  top 5% by clv\n'
        "  expect in: { clv: 5 }\n  expect out: {}\n",
        "etc-passwd.segql": 'segment "../../etc/passwd":\n  a is 1\n',
        "segment.segql": 'segment "../..":\n  a is 2\n',
        "été.segql": 'segment "Été":\n  a is 3\n',
        "taken-1.segql": 'segment "taken":\n  a is 4\n',
    }


def test_what_is_not_stored_is_told_and_left() -> None:
    found = pulled("", a=FILE)
    assert (found.files, found.not_stored) == ({}, {"Gold": "a.segql", "rich": "a.segql"})


# ---- Laws -----------------------------------------------------------------------------------------------------------

NAMES = ("A", "b", "C c", "..", "é")
PARTS = ("x is 1", "y is 2", 'did "E"', "(x is 3 or y is 4)", "rich(5)")
GAPS = st.sampled_from((" ", "\n", " -- note\n", "\n-- note\n", "\n\n-- one\n\n"))


@st.composite
def texts(draw: DrawFn, names: tuple[str, ...] = NAMES) -> str:
    """Segments of some names, each with conditions, comments anywhere."""
    words = []
    for name in draw(st.lists(st.sampled_from(names), unique=True)) if names else ():
        parts = draw(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4))
        words += ["segment", f'"{name}"', ":", parts[0]]
        for part in parts[1:]:
            words += ["and", part]
        if draw(st.booleans()):
            words.append("expect out: {}")
    if draw(st.booleans()):
        words.append(f"define rich(n): x > {draw(st.integers(1, 3))}")
    return "".join(word + draw(GAPS) for word in words)


@settings(max_examples=200)
@given(texts(), texts(), st.sets(st.sampled_from(("a.segql", "b.segql", "A.segql", "c-c.SEGQL"))))
def test_files_that_were_pulled_say_what_is_stored_and_keep_the_rest(
    stored: str, written: str, taken: set[str]
) -> None:
    there = catalog(stored)
    files = {"all.segql": written} if written.strip() and Folder({"": written}).defined else {}
    found = pull(there, files, {*taken, *files})
    after = files | found.files
    assert not {fold(name) for name in found.files.keys() - files.keys()} & {fold(name) for name in taken}
    said = Folder(after).over(segql.Catalog())
    stored_now = {segment.name: segment for segment in there.segments}
    assert {one.name: one for one in said.segments if one.name in stored_now} == stored_now
    assert there.templates == () or there.templates[-1] in said.templates
    # Once pulled there is nothing to pull; what is not stored stands where it stood.
    assert pull(there, after, after.keys()).files == {}
    kept = {one.name for one in Folder(files).over(segql.Catalog()).segments} - stored_now.keys()
    assert {one.name for one in said.segments} == kept | stored_now.keys()


@settings(max_examples=100)
@given(texts())
def test_comments_of_what_stays_are_never_lost(written: str) -> None:
    if not Folder({"": written}).defined:
        return
    kept = pull(catalog(written), {"a.segql": written}, ["a.segql"])
    assert kept.files == {}
