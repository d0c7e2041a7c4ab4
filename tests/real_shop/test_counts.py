"""The real shop: counts by definitions equal plain SQL over the raw file, written here without the compiler or the store.

Online Retail II (Chen, D., UCI Machine Learning Repository, CC BY 4.0) lies beside the project, not in it: where it is
absent, these tests do not exist, and one line says so (see `tests/conftest.py`).
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

import segql
from tests.conftest import REAL_SHOP

ROOT = Path(__file__).parents[2]
COMMANDS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
AS_OF = datetime(2010, 12, 9, 20, 1, tzinfo=ZoneInfo("Europe/London"))

# One row an order, straight from the lines. London was at UTC on AS_OF, and times are compared as they were written,
# in London: midnight of a day so many days back is that date at 00:00.
ORDERS = """
    SELECT invoice, any_value(customer_id) AS customer, min(invoice_date) AS placed, invoice LIKE 'C%' AS cancelled,
      sum(quantity::DECIMAL(18, 4) * price::DECIMAL(18, 4)) AS total
    FROM read_parquet($file) WHERE customer_id IS NOT NULL GROUP BY invoice
"""
CUSTOMERS = "SELECT DISTINCT customer_id AS customer FROM read_parquet($file) WHERE customer_id IS NOT NULL"

QUESTIONS = {
    'did "Placed Order" in the last 30 days': """
        SELECT count(DISTINCT customer) FROM orders WHERE NOT cancelled
          AND placed >= '2010-11-09' AND placed <= '2010-12-09 20:01'
    """,
    'did "Placed Order" at least 3 times in the last 90 days and did not "Cancelled Order" in the last 90 days': """
        SELECT count(*) FROM (
          SELECT customer FROM orders WHERE placed >= '2010-09-10' AND placed <= '2010-12-09 20:01' GROUP BY customer
          HAVING count(*) FILTER (WHERE NOT cancelled) >= 3 AND count(*) FILTER (WHERE cancelled) = 0)
    """,
    'sum of Total from "Placed Order" more than 1000': """
        SELECT count(*) FROM (SELECT customer FROM orders WHERE NOT cancelled AND placed <= '2010-12-09 20:01'
          GROUP BY customer HAVING sum(total) > 1000)
    """,
    'last "Placed Order" is more than 180 days ago': """
        SELECT count(*) FROM (SELECT customer FROM orders WHERE NOT cancelled AND placed <= '2010-12-09 20:01'
          GROUP BY customer HAVING max(placed) < '2010-06-12')
    """,
    "top 5% by historic_clv": """
        SELECT count(*) FROM (SELECT rank() OVER (ORDER BY sum(total) DESC) AS place FROM orders WHERE NOT cancelled
          AND placed <= '2010-12-09 20:01' GROUP BY customer)
        WHERE place <= ceil((SELECT count(*) FROM customers) / 20)
    """,
    'number of "Placed Order" in the last 60 days less than number of "Placed Order" between 61 and 120 days ago': """
        SELECT count(*) FROM (SELECT customer FROM customers LEFT JOIN orders USING (customer) GROUP BY customer
          HAVING count(*) FILTER (WHERE NOT cancelled AND placed >= '2010-10-10' AND placed <= '2010-12-09 20:01')
            < count(*) FILTER (WHERE NOT cancelled AND placed >= '2010-08-11' AND placed < '2010-10-10'))
    """,
    'country is "france" and not did "Cancelled Order"': """
        SELECT count(*) FROM (
          SELECT customer, country, row_number() OVER (PARTITION BY customer ORDER BY lines DESC, country) AS place
          FROM (SELECT customer_id AS customer, country, count(*) AS lines FROM read_parquet($file)
            WHERE customer_id IS NOT NULL GROUP BY ALL))
        WHERE place = 1 AND country = 'France' AND customer NOT IN (SELECT customer FROM orders WHERE cancelled
          AND placed <= '2010-12-09 20:01')
    """,
    'did "Placed Order" once in the last 365 days': """
        SELECT count(*) FROM (SELECT customer FROM orders WHERE NOT cancelled AND placed >= '2009-12-09'
          AND placed <= '2010-12-09 20:01' GROUP BY customer HAVING count(*) = 1)
    """,
    'not did "Placed Order"': """
        SELECT (SELECT count(*) FROM customers)
          - (SELECT count(DISTINCT customer) FROM orders WHERE NOT cancelled AND placed <= '2010-12-09 20:01')
    """,
}


def by_hand(sql: str) -> int:
    """The answer of plain SQL over the raw file."""
    with duckdb.connect() as connection:
        text = f"WITH orders AS MATERIALIZED ({ORDERS}), customers AS MATERIALIZED ({CUSTOMERS}) {sql}"
        row = connection.execute(text, {"file": str(REAL_SHOP)}).fetchone()
        assert row is not None
        return int(row[0])


if REAL_SHOP.exists():

    @pytest.fixture(scope="module")
    def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The shop's store as `examples/online_retail/load.sh` makes it."""
        folder = tmp_path_factory.mktemp("real_shop")
        script = ROOT / "examples" / "online_retail" / "load.sh"
        subprocess.run(
            ["bash", script, folder / "shop.duckdb", REAL_SHOP],
            check=True, cwd=folder, env={**os.environ, "PATH": COMMANDS}, capture_output=True,
        )  # fmt: skip
        return folder / "shop.duckdb"

    @pytest.fixture
    def store(loaded: Path) -> Iterator[segql.Store]:
        with segql.open(loaded) as store:
            yield store

    def test_the_readme_shows_what_is_printed(loaded: Path) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        shown = re.findall(r"^\$ (segql .*)\n((?:(?!\$ |```).*\n)*)", readme, re.MULTILINE)
        assert len(shown) >= 3
        for command, expected in shown:
            done = subprocess.run(
                command, shell=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                env={**os.environ, "PATH": COMMANDS, "SEGQL_STORE": str(loaded)},
            )  # fmt: skip
            assert done.stdout.rstrip("\n") == expected.rstrip("\n")

    def test_everybody_is_there(store: segql.Store) -> None:
        assert store.population() == by_hand("SELECT count(*) FROM customers") == 4383

    @pytest.mark.parametrize("definition", QUESTIONS)
    def test_counts_equal_plain_sql(store: segql.Store, definition: str) -> None:
        assert store.count(definition, AS_OF) == by_hand(QUESTIONS[definition])

    def test_a_definition_and_its_complement_are_everybody(store: segql.Store) -> None:
        for definition in QUESTIONS:
            assert store.count(definition, AS_OF) + store.count(f"not ({definition})", AS_OF) == 4383

    def test_members_are_the_customers(store: segql.Store) -> None:
        with duckdb.connect() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT customer::VARCHAR FROM ({ORDERS}) WHERE NOT cancelled AND placed >= '2010-11-09'",
                {"file": str(REAL_SHOP)},
            ).fetchall()
        members = store.members('did "Placed Order" in the last 30 days', AS_OF)
        assert sorted(members["external_id"].to_pylist()) == sorted(row[0].removesuffix(".0") for row in rows)
