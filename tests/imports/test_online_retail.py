"""The real shop: what the import of the example makes equals plain SQL over the raw file, written independently."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segql.runtime.imports.importing import ImportReport, import_file
from segql.runtime.imports.map import Kind
from segql.runtime.store.catalog import read_catalog
from segql.runtime.store.database import Database
from tests.conftest import REAL_SHOP
from tests.imports.conftest import NOW, ROOT

EXAMPLE = ROOT / "examples" / "online_retail"
KINDS: tuple[Kind, ...] = ("profiles", "orders")

# Not collected where the file is absent: `tests/conftest.py` says so in one line.
if REAL_SHOP.exists():

    class Shop:
        """The imported shop, the reports of both imports, and the raw file."""

        def __init__(self, folder: Path) -> None:
            self.folder = folder
            self.database = Database.open(folder / "shop.duckdb", create=True)
            self.reports = {kind: self.load(kind) for kind in KINDS}

        def load(self, kind: Kind) -> ImportReport:
            rejects = self.folder / f"{kind}.rejects.jsonl"
            return import_file(
                self.database, kind, [REAL_SHOP], EXAMPLE / "map.toml", rejects=rejects, now=NOW
            )

        def read(self, query: str) -> list[tuple[Any, ...]]:
            with self.database.cursor() as cursor:
                return cursor.execute(query).fetchall()

    def raw(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            return connection.execute(query.replace("RAW", f"'{REAL_SHOP}'")).fetchall()

    @pytest.fixture(scope="module")
    def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
        made = Shop(tmp_path_factory.mktemp("online_retail"))
        yield made
        made.database.close()

    def test_the_account_is_the_maps(shop: Shop) -> None:
        account = read_catalog(shop.database).account
        assert (account.currency, account.timezone, account.country) == ("GBP", "Europe/London", "GB")

    def test_customers_have_the_country_of_most_of_their_lines(shop: Shop) -> None:
        expected = raw(
            """SELECT customer_id::VARCHAR, country FROM (
              SELECT customer_id, country, row_number() OVER (PARTITION BY customer_id ORDER BY count(*) DESC, country)
              AS place FROM RAW WHERE customer_id IS NOT NULL GROUP BY customer_id, country) WHERE place = 1"""
        )
        assert sorted(shop.read("SELECT external_id, country FROM profiles")) == sorted(expected)
        assert shop.reports["profiles"].written == {"inserted": len(expected), "updated": 0}

    @pytest.mark.parametrize(("event", "test"), [("Placed Order", "NOT"), ("Cancelled Order", "")])
    def test_an_invoice_is_one_event_with_its_exact_total(shop: Shop, event: str, test: str) -> None:
        # London is ahead of UTC from 28 March 01:00 to 31 October 01:00 UTC in 2010.
        expected = raw(
            f"""SELECT customer_id::VARCHAR, min(invoice_date) - CASE WHEN min(invoice_date) >= '2010-03-28 01:00:00'
              AND min(invoice_date) < '2010-10-31 02:00:00' THEN INTERVAL 1 HOUR ELSE INTERVAL 0 HOUR END,
              (sum(quantity * price::DECIMAL(12, 3)) * 10000)::BIGINT, count(*), sum(quantity)
            FROM RAW WHERE customer_id IS NOT NULL AND {test} starts_with(invoice, 'C')
            GROUP BY invoice, customer_id"""
        )
        items = "properties.Items::STRUCT(quantity BIGINT)[]"
        found = shop.read(
            f"""SELECT external_id, occurred_at::TIMESTAMP, e.amount, len({items}),
              list_sum(list_transform({items}, lambda item: item.quantity))
            FROM events e JOIN profiles USING (profile_id) JOIN metrics m USING (metric_id)
            WHERE m.name = '{event}'"""
        )
        assert sorted(found) == sorted(expected)
        assert len(found) == shop.reports["orders"].written[event]

    def test_items_are_the_lines_of_the_invoice(shop: Shop) -> None:
        expected = raw(
            """SELECT list({stock_code: stock_code, description: description, quantity: quantity, price: price}
              ORDER BY file_row_number) FROM read_parquet(RAW, file_row_number = true)
            WHERE invoice = '489434'"""
        )
        found = shop.read(
            """SELECT properties.Items FROM events JOIN profiles USING (profile_id)
            WHERE external_id = '13085' ORDER BY occurred_at LIMIT 1"""
        )
        assert found == expected

    def test_lines_without_a_customer_are_rejected_one_by_one(shop: Shop) -> None:
        ((nobody, total),) = raw("SELECT count(*) FILTER (customer_id IS NULL), count(*) FROM RAW")
        assert shop.reports["orders"].rejected == {"there is no customer": nobody}
        assert shop.reports["profiles"].rejected == {"there is no external_id": nobody}
        assert shop.reports["orders"].rows == total
        rejects = shop.reports["orders"].rejects
        assert rejects is not None
        with rejects.open() as file:
            first, *others = file
        assert len(others) == nobody - 1
        ((line, stock_code),) = raw(
            """SELECT file_row_number + 1, stock_code FROM read_parquet(RAW, file_row_number = true)
            WHERE customer_id IS NULL ORDER BY 1 LIMIT 1"""
        )
        parsed = json.loads(first)
        assert (parsed["file"], parsed["line"], parsed["row"]["stock_code"]) == (
            str(REAL_SHOP),
            line,
            stock_code,
        )

    def test_a_second_import_changes_nothing(shop: Shop) -> None:
        tables = ("profiles", "events", "metrics", "event_properties", "attributes", "labels", "settings")
        query = " UNION ALL ".join(f"SELECT bit_xor(hash(t)), count(*) FROM {table} t" for table in tables)
        before = shop.read(query)
        assert shop.load("profiles").written == {"inserted": 0, "updated": 0}
        orders = shop.reports["orders"].written
        assert shop.load("orders").written == {
            "Placed Order": 0,
            "Cancelled Order": 0,
            "repeated": orders["Placed Order"] + orders["Cancelled Order"],
        }
        assert shop.read(query) == before

    def test_load_sh_asks_for_both_imports(tmp_path: Path) -> None:
        segql = tmp_path / "segql"
        segql.write_text('#!/bin/sh\necho "$@"\n')
        segql.chmod(0o755)
        environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        ran = subprocess.run(
            [EXAMPLE / "load.sh", "a store.duckdb", REAL_SHOP],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        options = f"--map {EXAMPLE}/map.toml --store a store.duckdb"
        assert ran.stdout == f"import profiles {REAL_SHOP} {options}\nimport orders {REAL_SHOP} {options}\n"
