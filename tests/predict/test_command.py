"""`segql predict` as a person runs it: what it prints, its JSON, its exit codes."""

import sys
from pathlib import Path

import pytest

from segql.runtime.predict.values import ATTRIBUTES
from tests.cli.command_line import segql
from tests.predict.shop import drawn_shop_orders

AS_OF = ("--as-of", "2026-06-01T12:00")
MAP = """
[events]
event = "Placed Order"
amount = "Total"
"""


def imported(folder: Path, people: int) -> Path:
    """A store with so many people and their orders."""
    orders = drawn_shop_orders(people)
    rows = [f"{who},{when.isoformat()},{n},{total}" for n, (who, when, total) in enumerate(orders)]
    (folder / "orders.csv").write_text("\n".join(["external_id,occurred_at,event_id,Total", *rows]), "utf-8")
    (folder / "map.toml").write_text(MAP, "utf-8")
    store = folder / "shop.duckdb"
    done = segql("import", "events", folder / "orders.csv", "--map", folder / "map.toml", "--store", store)
    assert done.code == 0, done.err
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return imported(tmp_path_factory.mktemp("shop"), 600)


def test_it_prints_the_fit_and_what_was_written(store: Path) -> None:
    done = segql("predict", "--store", store, *AS_OF)
    assert (done.code, done.err) == (0, "")
    for told in (
        "600 customers",
        "as of 2026-06-01",
        "BG/NBD",
        "weeks, a ",
        "Gamma-Gamma",
        " USD",
        "log-likelihood -",
        "the last 90 days",
        "off by ",
        "orders a customer",
    ):
        assert told in done.out
    lines = {line.split()[0]: line.split()[1] for line in done.out.splitlines() if line.startswith("  ")}
    assert {name: lines[name] for name in ("predicted_clv", "rfm_group")} == {
        "predicted_clv": "600",
        "rfm_group": "600",
    }


def test_json_has_every_figure(store: Path) -> None:
    document = segql("predict", "--store", store, *AS_OF, "--json").document
    assert document["as_of"] == "2026-06-01T12:00:00Z"
    assert document["customers"] == 600
    assert set(document["order_model"]) == {"r", "alpha", "a", "b", "log_likelihood"}
    assert set(document["value_model"]) == {"p", "q", "v", "log_likelihood"}
    assert document["holdout"]["days"] == 90
    assert list(document["people"]) == list(ATTRIBUTES)
    assert document["reasons"] == document["warnings"] == document["imported"] == []


def test_a_segment_can_ask_for_what_was_predicted(store: Path) -> None:
    assert segql("predict", "--store", store, *AS_OF).code == 0
    text = 'churn_risk less than 0.5 and predicted_clv at least 100 and rfm_group is "champions"'
    assert 0 < segql("count", text, "--store", store, *AS_OF, "--json").document["count"] < 600


def test_too_little_data_is_told_and_is_no_error(tmp_path: Path) -> None:
    done = segql("predict", "--store", imported(tmp_path, 40), *AS_OF)
    assert (done.code, done.err) == (0, "")
    assert "not predicted: 40 people have ordered, at least 500 are needed" in done.out
    assert "BG/NBD" not in done.out


def test_without_scipy_it_says_what_to_install(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("segql.runtime.predict")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "scipy", None)  # type: ignore[arg-type]
    done = segql("predict", "--store", store)
    assert (done.code, done.out) == (2, "")
    assert "pip install 'segql[predict]'" in done.err


def test_no_store_is_the_stores_own_error(tmp_path: Path) -> None:
    done = segql("predict", "--store", tmp_path / "none.duckdb")
    assert done.code == 1
    assert done.err.startswith("error S001")
