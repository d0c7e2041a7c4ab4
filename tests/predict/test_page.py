"""docs/predictions.md: its definitions run on a store with predictions, and its tables are those of the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import segql
from segql.runtime.predict.rfm import groups
from segql.runtime.predict.values import ATTRIBUTES
from tests.predict.shop import NOW, drawn_shop_orders, run, shop

PAGE = (Path(__file__).parents[2] / "docs" / "predictions.md").read_text("utf-8")
DEFINITIONS = re.findall(r"^```segql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def store() -> Iterator[segql.Store]:
    with shop(drawn_shop_orders()) as database:
        run(database)
        yield segql.Store(database)


@pytest.mark.parametrize("text", DEFINITIONS)
def test_definitions_run(store: segql.Store, text: str) -> None:
    assert segql.check(text, store.catalog) == ()
    if text.startswith("segment"):
        (saved,) = store.save_segments(text, NOW)
        text = saved.name
    assert 0 <= store.count(text, NOW) < 600


def test_every_attribute_has_its_row() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(ATTRIBUTES)


def test_the_table_of_groups_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (\d)(?: or (\d))? \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    told = {int(fifth): row[2:] for row in rows for fifth in row[:2] if fifth}
    last, worth = (column.ravel() for column in np.meshgrid(np.arange(5.0), np.arange(5.0), indexing="ij"))
    found = groups(-last, worth, worth).reshape(5, 5)
    assert {recency: [row[0], row[0], row[1], row[2], row[2]] for recency, row in told.items()} == {
        recency + 1: found[recency].tolist() for recency in range(5)
    }
