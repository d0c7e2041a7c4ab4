"""The names that definitions use, and in which columns of the models they stand."""

from functools import cache

from django.apps import apps

import segql

# A name of the language, its type, and the field that holds it.
ATTRIBUTES = (
    ("name", "text", "name"),
    ("email", "text", "email"),
    ("country", "text", "country"),
    ("tags", "list", "tags"),
    ("birthday", "date", "birthday"),
    ("joined", "datetime", "joined"),
)
PROPERTIES = (("Total", "number", "total"), ("Channel", "text", "channel"), ("Lines", "object", "lines"))
FIELDS_OF_LINES = ({"name": "Product", "type": "text"}, {"name": "Price", "type": "number"})


@cache
def catalog(dialect: str) -> segql.Catalog:
    """What can be asked. The models say how tables and columns are called. Raises ValueError for an engine that segql
    cannot be asked in."""
    return segql.Catalog.from_dict(
        {
            "account": {"timezone": "Europe/Paris", "currency": "EUR"},
            "attributes": [{"name": name, "type": kind} for name, kind, _ in ATTRIBUTES],
            "events": [
                {
                    "name": "Placed Order",
                    "amount": "Total",
                    "properties": [
                        {
                            "name": name,
                            "type": kind,
                            **({"items": FIELDS_OF_LINES} if kind == "object" else {}),
                        }
                        for name, kind, _ in PROPERTIES
                    ],
                }
            ],
            "segments": [
                {
                    "name": "Regulars",
                    "definition": 'did "Placed Order" at least 2 times in the last 90 days',
                }
            ],
            "tables": {
                "dialect": dialect,
                "profiles": {
                    "table": table("Customer"),
                    "key": column("Customer", "pk"),
                    "attributes": {name: column("Customer", field) for name, _, field in ATTRIBUTES},
                },
                "events": {
                    "Placed Order": {
                        "table": table("Order"),
                        "profile": column("Order", "customer"),
                        "at": column("Order", "placed_at"),
                        "id": column("Order", "pk"),
                        "properties": {name: column("Order", field) for name, _, field in PROPERTIES},
                    }
                },
            },
        }
    )


@cache
def compiled(definition: str, dialect: str) -> segql.Compiled:
    """A definition, checked once; it can be asked at any instant, from any thread."""
    return segql.compile(definition, catalog(dialect))


def table(model: str) -> str:
    """The table of a model."""
    return apps.get_model("shop", model)._meta.db_table


def column(model: str, field: str) -> str:
    """The column of a field."""
    meta = apps.get_model("shop", model)._meta
    return str((meta.pk if field == "pk" else meta.get_field(field)).column)
