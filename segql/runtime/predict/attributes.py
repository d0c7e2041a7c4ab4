"""Writing what was predicted into attributes of its own, and into no attribute that somebody imported."""

import json
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.text import fold
from segql.runtime.predict.values import ATTRIBUTES
from segql.runtime.store.attributes import Target, change_attributes
from segql.runtime.store.columns import Column
from segql.runtime.store.journal import note_changes
from segql.runtime.store.sql import quoted, registered

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# The section of the store's settings that says which of them were made here.
_SECTION = "predictions"


class Written(NamedTuple):
    """For how many people each attribute is set now, and which were left as they are because they were imported."""

    people: dict[str, int]
    imported: tuple[str, ...]


def write_attributes(connection: "duckdb.DuckDBPyConnection", values: "pa.Table") -> Written:
    """Give everybody the values that the table has for them (by profile_id), and nothing where it has none, within
    the caller's transaction. A column of it for each of `ATTRIBUTES`."""
    ours = _claim(connection)
    if ours:
        with registered(connection, "predicted", values):
            _update(connection, [quoted(name) for name in ours])
    people = {name: values.num_rows - values.column(name).null_count for name in ours}
    return Written(people, tuple(name for name in ATTRIBUTES if name not in ours))


def _update(connection: "duckdb.DuckDBPyConnection", names: list[str]) -> None:
    """Bring columns of `profiles` in line with those of `predicted`, and note whose values that changes."""
    connection.execute(
        f"""CREATE TEMP TABLE repredicted AS SELECT profile_id, {", ".join(f"v.{name}" for name in names)}
        FROM profiles p LEFT JOIN predicted v USING (profile_id)
        WHERE {" OR ".join(f"p.{name} IS DISTINCT FROM v.{name}" for name in names)}"""  # noqa: S608
    ).fetchall()
    connection.execute(
        f"""UPDATE profiles p SET {", ".join(f"{name} = v.{name}" for name in names)}
        FROM repredicted v WHERE p.profile_id = v.profile_id"""  # noqa: S608
    ).fetchall()
    note_changes(connection, "values", "repredicted")
    connection.execute("DROP TABLE temp.repredicted").fetchall()


def _claim(connection: "duckdb.DuckDBPyConnection") -> list[str]:
    """The attributes that are ours: those that an earlier run has made and no import has given another type to, and
    those that there were none of, which are made."""
    known = dict(connection.execute("SELECT key, type FROM attributes").fetchall())
    rows = connection.execute("SELECT document FROM settings WHERE section = ?", [_SECTION]).fetchall()
    claimed = set(json.loads(rows[0][0])["attributes"]) if rows else set()
    ours = []
    for name, kind in ATTRIBUTES.items():
        if fold(name) not in known:
            change_attributes(connection, [Target(Column(name, fold(name), "", kind), name, kind, None)])
        elif name not in claimed or known[fold(name)] != kind:
            continue
        ours.append(name)
    connection.execute(
        "INSERT OR REPLACE INTO settings VALUES (?, ?)", [_SECTION, json.dumps({"attributes": ours})]
    )
    return ours
