"""What names exist in a store, as the compiler asks for them, and the account's settings."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING

from segql.compiler.catalog.model import (
    Account,
    Attribute,
    Catalog,
    Event,
    Point,
    Property,
)
from segql.runtime.store.fields import read_fields
from segql.runtime.store.seen import with_values_of_events, with_values_of_profiles
from segql.runtime.store.segments import SEGMENT_COLUMNS, read_segment

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.store.database import Database


def read_catalog(database: "Database") -> Catalog:
    """The catalog as the store has it now, without counts. Postal codes, and the values that were seen, are read when
    they are asked for, while the database is open."""
    with database.cursor() as cursor:
        cursor.begin()  # one state of the store, whatever is written meanwhile
        attributes = cursor.execute(
            """SELECT name, type, items, since
            FROM attributes LEFT JOIN kept_attributes ON attribute = key ORDER BY key"""
        ).fetchall()
        templates = cursor.execute("SELECT definition FROM templates ORDER BY key").fetchall()
        lists = cursor.execute("SELECT name FROM lists ORDER BY key").fetchall()
        segments = cursor.execute(f"SELECT {SEGMENT_COLUMNS} FROM segments ORDER BY key").fetchall()  # noqa: S608
        places = cursor.execute("SELECT name, latitude, longitude FROM places ORDER BY key").fetchall()
        return Catalog(
            account=read_account(cursor),
            attributes=tuple(
                with_values_of_profiles(
                    database,
                    Attribute(
                        name=name,
                        type=kind,
                        items=read_fields(items),
                        kept_since=since and since.replace(tzinfo=UTC),
                    ),
                )
                for name, kind, items, since in attributes
            ),
            templates=tuple(definition for (definition,) in templates),
            events=_read_events(database, cursor),
            lists=tuple(name for (name,) in lists),
            segments=tuple(read_segment(*row) for row in segments),
            postal_codes=PostalCodes(database),
            places={name: Point(latitude, longitude) for name, latitude, longitude in places},
        )


def _read_events(database: "Database", cursor: "duckdb.DuckDBPyConnection") -> tuple[Event, ...]:
    properties: dict[int, list[Property]] = defaultdict(list)
    for metric_id, name, kind, items in cursor.execute(
        "SELECT metric_id, name, type, items FROM event_properties ORDER BY key"
    ).fetchall():
        properties[metric_id].append(Property(name=name, type=kind, items=read_fields(items)))
    metrics = cursor.execute("SELECT metric_id, name, amount, label FROM metrics ORDER BY key").fetchall()
    events = (
        Event(id=metric_id, name=name, amount=amount, label=label, properties=tuple(properties[metric_id]))
        for metric_id, name, amount, label in metrics
    )
    return tuple(with_values_of_events(database, event) for event in events)


def read_account(connection: "duckdb.DuckDBPyConnection") -> Account:
    """The account's settings, the defaults where none were saved."""
    rows = connection.execute("SELECT document FROM settings WHERE section = 'account'").fetchall()
    return Account.from_json(rows[0][0]) if rows else Account()


def save_account(connection: "duckdb.DuckDBPyConnection", account: Account) -> None:
    """Keep the account's settings, within the caller's transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO settings VALUES ('account', ?)", [account.validated().to_json()]
    )


class PostalCodes(Mapping[str, Mapping[str, Point]]):
    """The countries that have postal codes in the store, each with its codes, read when they are asked
    for."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def __getitem__(self, country: str) -> "CountryCodes":
        with self._database.cursor() as cursor:
            query = "SELECT 1 FROM postal_codes WHERE country = ? LIMIT 1"
            if not cursor.execute(query, [country]).fetchall():
                raise KeyError(country)
        return CountryCodes(self._database, country)

    def __iter__(self) -> Iterator[str]:
        with self._database.cursor() as cursor:
            rows = cursor.execute("SELECT DISTINCT country FROM postal_codes ORDER BY country").fetchall()
        return iter([country for (country,) in rows])

    def __len__(self) -> int:
        return sum(1 for _ in self)


class CountryCodes(Mapping[str, Point]):
    """The postal codes of one country and where they lie."""

    def __init__(self, database: "Database", country: str) -> None:
        self._database = database
        self._country = country

    def __getitem__(self, code: str) -> Point:
        with self._database.cursor() as cursor:
            query = "SELECT latitude, longitude FROM postal_codes WHERE country = ? AND code = ?"
            rows = cursor.execute(query, [self._country, code]).fetchall()
        if not rows:
            raise KeyError(code)
        return Point(*rows[0])

    def __iter__(self) -> Iterator[str]:
        with self._database.cursor() as cursor:
            query = "SELECT code FROM postal_codes WHERE country = ? ORDER BY code"
            rows = cursor.execute(query, [self._country]).fetchall()
        return iter([code for (code,) in rows])

    def __len__(self) -> int:
        return sum(1 for _ in self)
