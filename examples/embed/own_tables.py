"""Ask tables that are there already: a catalog says which columns are meant, and the SQL runs where the data is."""

from datetime import UTC, datetime

import duckdb

import segql

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

CATALOG = segql.Catalog.from_json(
    """
    {
      "account": {"timezone": "Europe/Paris", "currency": "EUR"},
      "attributes": [
        {"name": "country", "type": "text"},
        {"name": "joined", "type": "datetime"}
      ],
      "events": [
        {
          "name": "Placed Order",
          "amount": "Total",
          "properties": [{"name": "Total", "type": "number"}, {"name": "Shop", "type": "text"}]
        }
      ],
      "segments": [
        {"name": "Regulars", "definition": "did \\"Placed Order\\" at least 2 times in the last 90 days"}
      ],
      "tables": {
        "profiles": {
          "table": ["crm", "users"],
          "key": "user_no",
          "attributes": {"country": "country_name", "joined": "created_at"}
        },
        "events": {
          "Placed Order": {
            "table": "orders",
            "profile": "customer",
            "at": "ordered_at",
            "id": "order_no",
            "properties": {"Total": "amount", "Shop": "shop"}
          }
        }
      }
    }
    """
)

SENTENCE = 'country is "France" and in segment "Regulars" and historic_clv more than 50'


def fill(shop: duckdb.DuckDBPyConnection) -> None:
    """What stands for the tables that you have. segql made none of them, and writes into none of them."""
    shop.execute(
        """CREATE SCHEMA crm;
        CREATE TABLE crm.users (user_no TEXT PRIMARY KEY, country_name TEXT, created_at TIMESTAMPTZ);
        CREATE TABLE orders (order_no BIGINT, customer TEXT, ordered_at TIMESTAMP, amount DECIMAL(10, 2), shop TEXT);
        INSERT INTO crm.users VALUES
          ('u-ada', 'France', '2026-01-05 10:00:00Z'), ('u-bob', 'France', '2026-02-01 10:00:00Z'),
          ('u-cem', 'Germany', '2026-03-01 10:00:00Z');
        INSERT INTO orders VALUES
          (1, 'u-ada', '2026-05-01 09:30:00', 40.00, 'Lyon'), (2, 'u-ada', '2026-05-20 18:00:00', 25.50, 'web'),
          (3, 'u-bob', '2026-05-21 18:00:00', 12.00, 'web'), (4, NULL, '2026-05-22 08:00:00', 99.00, 'Lyon'),
          (5, 'u-cem', '2026-05-23 18:00:00', 80.00, 'web'), (6, 'u-cem', '2026-05-24 18:00:00', 80.00, 'web')"""
    )


def main() -> None:
    """Who the sentence means, by the key of the users' table."""
    with duckdb.connect() as shop:  # or the path of your file
        fill(shop)
        query = segql.compile(SENTENCE, CATALOG).sql(now=NOW)
        print(shop.execute(query.text, dict(query.values)).fetchall())
    try:
        segql.compile("can receive sms", CATALOG)
    except segql.DefinitionError as error:
        print(error.diagnostics[0].message)


if __name__ == "__main__":
    main()
