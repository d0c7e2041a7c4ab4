"""Whether one person could be texted now, and where and when it is for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segql.sms.gates import Gate, every_gate
from segql.sms.opening import PLACE, read_place, surroundings
from segql.sms.prices import credits_by_country
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Outlook:
    """What would happen to one person if a campaign with a text of one part went out now.

    `stops`: every gate that would stop them, in order; none: they would be texted. `opens_at`: where quiet hours hold, when
    they end, where that is within days. `credits`: what the text would cost.
    """

    stops: tuple[Gate, ...]
    opens_at: datetime | None
    credits: int


def local_times(
    connection: "duckdb.DuckDBPyConnection", profile_id: int, default_zone: str, at: datetime
) -> tuple[datetime, ...]:
    """What clocks show where a person is, without a zone; several where several zones are possible."""
    zones = read_place(_place(connection, profile_id)).zones(default_zone)
    return tuple(sorted({at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for zone in zones}))


def outlook(
    connection: "duckdb.DuckDBPyConnection",
    profile_id: int,
    settings: SmsSettings,
    default_zone: str,
    at: datetime,
) -> Outlook:
    """Judge one person as at `at`, as the audience of a campaign is judged."""
    prices = credits_by_country()
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE audience AS SELECT NULL::BIGINT AS message_id, profile_id,
          NULL::VARCHAR AS number, NULL::VARCHAR AS sender, 1 AS text_id, NULL::VARCHAR AS pool, NULL::VARCHAR AS picture,
          coalesce(map_extract_value($prices, phone_country), 0)::INTEGER AS credits
        FROM profiles WHERE profile_id = $id""",
        {"id": profile_id, "prices": {"key": list(prices), "value": list(prices.values())}},
    )
    stops = every_gate(connection, "marketing", settings, default_zone, at)
    (credits,) = connection.execute("SELECT credits FROM audience").fetchall()[0]
    around = surroundings(_place(connection, profile_id), settings, default_zone)
    waits = any(gate.code == "quiet_hours" for gate in stops)
    return Outlook(stops, around.hours(at).opens_at if waits else None, credits)


def _place(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> str:
    (place,) = connection.execute(
        f"SELECT {PLACE} FROM profiles p WHERE profile_id = ?",  # noqa: S608 - a constant
        [profile_id],
    ).fetchall()[0]
    return str(place)
