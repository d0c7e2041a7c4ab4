"""`segql convert` as a person runs it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command_line import segql
from tests.convert.documents import CATALOG, consent, dated, definition, metric, numeric

GOOD = definition(
    consent("sms", True, "subscribed"),
    metric(numeric("greater-than", 1), dated("in-the-last", quantity=30, unit="day")) | {"metric_id": "M1"},
)
HALF = definition(consent("sms", True, "subscribed"), {"type": "profile-permissions"})
NAMES = {"metrics": {"M1": "Placed Order"}}
TEXT = """segment "vips":
  can receive sms
  and did "Placed Order" more than once in the last 30 days
  in time zone "UTC"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    for name, document in (("vips.json", GOOD), ("half.json", HALF), ("names.json", NAMES)):
        (tmp_path / name).write_text(json.dumps(document))
    (tmp_path / "catalog.json").write_text(CATALOG.to_json())
    yield tmp_path


def test_there_and_back(folder: Path) -> None:
    there = segql("convert", "--from", "klaviyo-json", "vips.json", "--names", "names.json")
    assert (there.code, there.out, there.err) == (0, TEXT, "")
    (folder / "vips.segql").write_text(there.out)
    back = segql(
        "convert", "--to", "klaviyo-json", "vips.segql", "--names", "names.json", "--catalog", "catalog.json"
    )
    assert back.code == 0
    assert json.loads(back.out) == [{"name": "vips", "definition": GOOD}]


def test_what_cannot_be_said_is_an_error_unless_it_is_asked_for(folder: Path) -> None:
    refused = segql("convert", "--from", "klaviyo-json", "half.json")
    assert (refused.code, refused.out) == (1, "")
    assert "half.json: condition_groups[1].conditions[0]: left out: profile-permissions" in refused.err
    assert "error T002" in refused.err
    partly = segql("convert", "--from", "klaviyo-json", "half.json", "--partial")
    assert partly.code == 0
    assert partly.out.startswith("-- left out: profile-permissions") and "can receive sms" in partly.out


def test_the_report_as_json(folder: Path) -> None:
    done = segql("convert", "--from", "klaviyo-json", "half.json", "--partial", "--json")
    (segment,) = done.document["segments"]
    assert segment["remarks"] == [
        {
            "kind": "left out",
            "file": "half.json",
            "place": "condition_groups[1].conditions[0]",
            "part": "profile-permissions",
            "why": "WhatsApp is no channel here",
        }
    ]
    refused = segql("convert", "--from", "klaviyo-json", "half.json", "--json")
    assert refused.code == 1
    assert json.loads(refused.out)["segments"][0]["text"] is None
    (folder / "rank.segql").write_text('segment "R": top 5% by score and score is 5')
    arguments = ("convert", "--to", "klaviyo-json", "rank.segql", "--catalog", "catalog.json", "--json")
    assert json.loads(segql(*arguments).out)["segments"] == []
    partly = segql(*arguments, "--partial").document
    assert [one["name"] for one in partly["segments"]] == ["R"]
    assert [one["place"] for one in partly["remarks"]] == ["line 1, column 14"]


def test_shopify(folder: Path) -> None:
    (folder / "lapsed.txt").write_text("number_of_orders > 2 AND last_order_date < -60d")
    done = segql("convert", "--from", "shopify", "lapsed.txt")
    assert done.out == (
        'segment "lapsed":\n  number of "Placed Order" more than 2\n  and last "Placed Order" is before 60 days ago\n'
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["vips.json"], 2, "--from or --to"),
        (["vips.json", "--from", "hubspot"], 2, "klaviyo-json, shopify"),
        (["vips.json", "--to", "shopify"], 2, "klaviyo-json"),
        (["vips.json", "--from", "klaviyo-json", "--names", "vips.json"], 2, "unknown field"),
        (["vips.json", "--from", "shopify"], 1, "T001"),
        (["names.json", "--from", "klaviyo-json"], 1, "T001"),
        (["vips.json", "--from", "shopify", "--any-case"], 2, "--any-case"),
        (["names.json", "--to", "klaviyo-json", "--catalog", "catalog.json"], 1, "SG1"),
    ],
)
def test_wrong_input_and_wrong_use(folder: Path, arguments: list[str], code: int, said: str) -> None:
    done = segql("convert", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err and "Traceback" not in done.err


def test_help_has_an_example_and_the_common_options() -> None:
    done = segql("convert", "--help")
    assert "Example: segql convert" in done.out
    assert all(option in done.out for option in ("--store", "--as-of", "--json"))


def test_the_codes_are_documented() -> None:
    from segql.compiler.convert.report import ConvertCode
    from tests.docs.pages import DOCS

    page = (DOCS / "errors.md").read_text("utf-8")
    assert all(f"| {code} |" in page for code in ConvertCode)
