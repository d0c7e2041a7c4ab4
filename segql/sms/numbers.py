"""Sending numbers: the kinds there are, which one texts whom, and requests for more of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

from segql.sms.audit import By, Change, as_json, log_changes
from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import aware, stored
from segql.sms.prices import credits_by_country

if TYPE_CHECKING:
    import duckdb

# What a sending number can be, the kind that is picked first where several serve a country. A branded sender is a name
# instead of a number: nobody can text back to it.
NumberKind = Literal["short_code", "toll_free", "long_code", "branded_sender_id"]
KINDS: tuple[NumberKind, ...] = get_args(NumberKind)
BRANDED = "branded_sender_id"

_FORMS = {
    "short_code": (r"\d{3,8}", "3 to 8 digits"),
    "toll_free": (r"\+\d{7,15}", "a number as +18885550100"),
    "long_code": (r"\+\d{7,15}", "a number as +16175550100"),
    BRANDED: (r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", "up to 11 letters, digits and blanks, with a letter"),
}

# SQL for the number that texts the people of each country: country, number, kind.
SENDERS = f"""SELECT country, arg_min(number, (list_position({list(KINDS)}, kind), number)) AS number,
  arg_min(kind, (list_position({list(KINDS)}, kind), number)) AS kind FROM sms_numbers GROUP BY country"""  # noqa: S608


@dataclass(frozen=True)
class SendingNumber:
    """A sending number, or a request for one. `number`: None while it is pending; `request_id`: None for the number
    of the set-up."""

    request_id: int | None
    kind: str
    number: str | None
    countries: tuple[str, ...]
    state: Literal["pending", "active"]
    since: datetime


def require_prices(countries: Sequence[str]) -> None:
    """Raise `SmsError` where there is no price for texts to a country."""
    for country in countries:
        if country not in credits_by_country():
            raise SmsError(
                SmsCode.UNPRICED_COUNTRY,
                f'There is no price for texts to "{country}".',
                f"The countries are: {', '.join(sorted(credits_by_country()))}.",
            )


def confirm_number(
    connection: "duckdb.DuckDBPyConnection", number: str, kind: str, countries: Sequence[str], at: datetime
) -> None:
    """Let a number text the people of countries from now on."""
    for country in countries:
        connection.execute(
            "INSERT OR REPLACE INTO sms_numbers (number, kind, country, confirmed_at) VALUES (?, ?, ?, ?)",
            [number, kind, country, stored(at)],
        )


def request_number(
    connection: "duckdb.DuckDBPyConnection",
    kind: str,
    countries: Sequence[str],
    name: str | None,
    by: By,
    at: datetime,
) -> int:
    """Ask for a further number; the id of the request, which is pending. `name`: of a branded sender.

    Raises `SmsError` for an unknown kind, no or unpriced countries, or a name that does not fit.
    """
    if kind not in KINDS:
        raise _misfit(f'"{kind}" is no kind of sending number.', f"The kinds are: {', '.join(KINDS)}.")
    if not countries:
        raise _misfit("No country is said that the number is for.", "Name one or more, for instance US.")
    require_prices(countries)
    if (kind == BRANDED) != (name is not None):
        raise _misfit("Only a branded sender has a name, and it needs one.", "Give a name, or another kind.")
    if name is not None:
        _require_form(kind, name)
    (request_id,) = connection.execute(
        "SELECT coalesce(max(request_id), 0) + 1 FROM sms_number_requests"
    ).fetchall()[0]
    connection.execute(
        """INSERT INTO sms_number_requests (request_id, kind, name, countries, requested_at, actor)
        VALUES (?, ?, ?, ?, ?, ?)""",
        [request_id, kind, name, list(dict.fromkeys(countries)), stored(at), by.actor],
    )
    asked = {"kind": kind, "name": name, "countries": list(countries)}
    log_changes(connection, by, at, [Change(f"number request {request_id}", None, as_json(asked))])
    return int(request_id)


def activate_number(
    connection: "duckdb.DuckDBPyConnection", request_id: int, number: str | None, by: By, at: datetime
) -> None:
    """Take a requested number into use. `number`: as the carrier gave it; a branded sender is its name.

    Raises `SmsError` where no such request is pending, or the number does not fit its kind.
    """
    rows = connection.execute(
        "SELECT kind, name, countries FROM sms_number_requests WHERE request_id = ? AND activated_at IS NULL",
        [request_id],
    ).fetchall()
    if not rows:
        raise SmsError(
            SmsCode.UNKNOWN_REQUEST,
            f"No request {request_id} for a number is pending.",
            "See those that are: segql sms numbers.",
        )
    kind, name, countries = rows[0]
    given = number or name
    if given is None:
        raise _misfit("It is not said which number was given.", "Name it as the carrier does.")
    _require_form(kind, given)
    connection.execute(
        "UPDATE sms_number_requests SET number = ?, activated_at = ? WHERE request_id = ?",
        [given, stored(at), request_id],
    )
    confirm_number(connection, given, kind, countries, at)
    active = {"kind": kind, "number": given, "countries": countries}
    log_changes(
        connection, by, at, [Change(f"number request {request_id}", as_json("pending"), as_json(active))]
    )


def read_numbers(connection: "duckdb.DuckDBPyConnection") -> list[SendingNumber]:
    """The numbers in use, then the requests that are pending."""
    rows: list[tuple[Any, ...]] = connection.execute(
        """SELECT any_value(r.request_id), n.kind, n.number, list(DISTINCT n.country ORDER BY n.country),
          min(n.confirmed_at)
        FROM sms_numbers n LEFT JOIN sms_number_requests r ON r.number = n.number GROUP BY n.kind, n.number
        ORDER BY min(n.confirmed_at), n.number"""
    ).fetchall()
    pending = connection.execute(
        """SELECT request_id, kind, name, countries, requested_at FROM sms_number_requests
        WHERE activated_at IS NULL ORDER BY request_id"""
    ).fetchall()
    return [
        *(SendingNumber(row[0], row[1], row[2], tuple(row[3]), "active", aware(row[4])) for row in rows),
        *(SendingNumber(row[0], row[1], row[2], tuple(row[3]), "pending", aware(row[4])) for row in pending),
    ]


def _require_form(kind: str, number: str) -> None:
    pattern, words = _FORMS[kind]
    if not re.fullmatch(pattern, number):
        raise _misfit(f'"{number}" cannot be a {kind.replace("_", " ")}.', f"Write {words}.")


def _misfit(message: str, remedy: str) -> SmsError:
    return SmsError(SmsCode.INVALID_NUMBER, message, remedy)
