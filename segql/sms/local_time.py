"""Instants at which the clocks of people show a time: for campaigns that are sent by each recipient's own clock."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segql.runtime.store.sql import registered
from segql.sms.instants import stored
from segql.sms.opening import PLACE, read_place

if TYPE_CHECKING:
    import duckdb


def make_local_instants(
    connection: "duckdb.DuckDBPyConnection", local: datetime | None, default_zone: str
) -> None:
    """Make the temporary table `local_instants` of the people in the table `audience`: profile_id, due_at.

    due_at (UTC): when the clocks of all time zones that a person may be in have shown `local`, a time without a zone.
    Where that is None, the table is empty.
    """
    import pyarrow as pa

    places = connection.execute(
        f"""SELECT DISTINCT {PLACE} FROM profiles p
        WHERE $local IS NOT NULL AND profile_id IN (SELECT profile_id FROM audience)""",  # noqa: S608 - constants
        {"local": local},
    ).fetchall()
    instants = [
        max(
            stored(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
            for zone in read_place(where).zones(default_zone)
        )
        for (where,) in places
        if local is not None
    ]
    table = pa.table(
        {
            "place": pa.array([where for (where,) in places], pa.string()),
            "due_at": pa.array(instants, pa.timestamp("s")),
        }
    )
    with registered(connection, "given_instants", table):
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE local_instants AS SELECT profile_id, g.due_at
            FROM profiles p JOIN given_instants g ON g.place = {PLACE}
            WHERE profile_id IN (SELECT profile_id FROM audience)""",  # noqa: S608 - constants
        )
