"""Compile a definition with no store, then ask a small store for the people: what embedding segql takes."""

from datetime import UTC, datetime

import pyarrow as pa

import segql

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAYS = [datetime(2026, 5, day, tzinfo=UTC) for day in (1, 20, 21)]

CATALOG = segql.Catalog.from_json(
    """
    {
      "account": {"timezone": "Europe/London", "currency": "GBP", "country": "GB"},
      "attributes": [{"name": "country", "type": "text"}],
      "events": [{"name": "Placed Order", "properties": [{"name": "Total", "type": "number"}]}]
    }
    """
)

DEFINITION = 'country is "France" and did "Placed Order" at least 2 times in the last 90 days'


def compile_only() -> None:
    """The SQL, the English and the diagnostics need nothing but a catalog."""
    compiled = segql.compile(DEFINITION, CATALOG)
    query = compiled.sql(now=NOW)
    print(query.text)
    print(dict(query.values))
    print(compiled.english(NOW))
    try:
        segql.compile('contry is "France"', CATALOG)
    except segql.DefinitionError as error:
        print(error.diagnostics[0].message, "-", error.diagnostics[0].remedy)


def ask_a_store() -> None:
    """The same definition, asked of data."""
    with segql.open(":memory:") as store:
        store.upsert_profiles(
            pa.table({"external_id": ["ada", "bob"], "country": ["France", "Germany"]}),
        )
        store.append_events(
            "Placed Order",
            pa.table(
                {
                    "external_id": ["ada", "ada", "bob"],
                    "occurred_at": DAYS,
                    "event_id": ["order 1", "order 2", "order 3"],
                    "Total": [40.0, 25.5, 12.0],
                }
            ),
            amount="Total",
        )
        print(store.count(DEFINITION, as_of=NOW), "of", store.population())
        print(store.members(DEFINITION, as_of=NOW).to_pylist())


if __name__ == "__main__":
    compile_only()
    ask_a_store()
