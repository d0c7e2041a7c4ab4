"""docs/peers.md: everything that it says in segql compiles, and nothing of the other tools is left out."""

import re

import pytest

import segql
from segql.compiler.catalog.model import Attribute, Event
from tests.docs.pages import DOCS

PAGE = (DOCS / "peers.md").read_text("utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
# What other tools know of people and the shop of the tutorial does not.
IMPORTED = (
    *(
        Attribute(name=name, type="number")
        for name in ("churn_risk", "days_between_orders", "predicted_orders")
    ),
    *(
        Attribute(name=name, type="number")
        for name in ("total_clv", "App Version", "Shoe Size", "Store Credit")
    ),
    *(Attribute(name=name, type="text") for name in ("rfm_group", "predicted_gender", "language")),
    *(Attribute(name=name, type="text") for name in ("Account Status", "Device Model")),
    Attribute(name="expected_next_order", type="date"),
    Attribute(name="tags", type="list"),
)
EVENTS = tuple(Event(name=name) for name in ("Bounced Email", "Uninstalled App", "Opened App"))


def said() -> list[tuple[str, str]]:
    """What stands in a column called segql: the row's first cell, and the text."""
    found, ours = [], False
    for row in ROWS:
        if row[-1] == "segql":
            ours = True
        elif len(row) == 1 or row[-1] == "here" or row[0] == "what":
            ours = False
        if ours and row[-1] != "segql" and not row[-1].startswith("---"):
            spans = re.findall(r"`([^`]*)`", row[-1])
            found += [(row[0], text) for text in spans if text != "define"]
    return found


@pytest.fixture(scope="module")
def catalog(store: segql.Store) -> segql.Catalog:
    known = store.catalog
    return known.changed(attributes=(*known.attributes, *IMPORTED), events=(*known.events, *EVENTS))


@pytest.mark.parametrize("text", [text for _, text in said()])
def test_what_is_said_compiles(catalog: segql.Catalog, text: str) -> None:
    assert [found for found in segql.check(text, catalog) if found.severity != "hint"] == []
    assert segql.compile(text, catalog).plans


def test_every_row_has_every_column() -> None:
    tables = re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE)
    for table in tables:
        assert len({line.count(" | ") for line in re.sub(r"\|  ?\|", "| - |", table).splitlines()}) == 1, (
            table
        )


def test_all_15_kinds_of_klaviyo_are_there() -> None:
    section = PAGE.partition("\n## Klaviyo\n")[2].partition("\n| filter |")[0]
    assert len(re.findall(r"^\| `profile-", section, re.MULTILINE)) == 15


def test_all_144_filters_of_braze_are_there_once() -> None:
    section = PAGE.partition("\n## Braze\n")[2].partition("\n## ")[0]
    cells = [line.split(" | ")[1] for line in section.splitlines() if line.startswith("| ")][2:]
    filters = [name for cell in cells for name in cell.split(", ")]
    assert len(filters) == len(set(filters)) == 144
