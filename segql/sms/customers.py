"""Customers: the person behind a number that texts with us."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.runtime.store.catalog import read_account
from segql.runtime.store.phones import read_number
from segql.runtime.store.profiles import upsert_profiles

if TYPE_CHECKING:
    import duckdb


class Customer(NamedTuple):
    """Somebody who texts with us: the profile, the number and its country, and which of our numbers it texts with (None:
    the one that serves the country)."""

    profile_id: int
    number: str
    country: str | None
    ours: str | None


def meet(connection: "duckdb.DuckDBPyConnection", number: str, ours: str | None, at: datetime) -> Customer:
    """Whoever has a valid number (E.164), made known where they are not yet. That is no consent."""
    account = read_account(connection)
    # Those who are known are many; writing them again would find the same one, and take longer.
    (profile_id,) = connection.execute(
        """SELECT coalesce((SELECT min(profile_id) FROM profile_aliases WHERE kind = 'phone' AND value = $number),
          (SELECT min(profile_id) FROM profiles WHERE phone_valid AND phone_number = $number))""",
        {"number": number},
    ).fetchall()[0]
    if profile_id is None:
        import pyarrow as pa

        written = upsert_profiles(connection, pa.table({"phone_number": [number]}), account, at)
        profile_id = written.profile_ids[0].as_py()
    return Customer(profile_id, number, read_number(number, account.country).country, ours)
