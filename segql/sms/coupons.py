"""Coupons: pools of unique codes. A message reserves one when it is handed over, and keeps it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.runtime.store.sql import registered
from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import stored
from segql.sms.render import COUPON

if TYPE_CHECKING:
    import duckdb

_CODE = re.compile(r"[A-Za-z0-9-]{3,40}")


@dataclass(frozen=True)
class Pool:
    """A pool of codes: how many are free, reserved by a message, and used in a text that a carrier took.

    `refused`: codes that could not be added, each with the reason.
    """

    name: str
    free: int
    reserved: int
    used: int
    refused: tuple[tuple[str, str], ...] = ()


def add_codes(connection: "duckdb.DuckDBPyConnection", pool: str, codes: Iterable[str]) -> Pool:
    """Add codes to a pool, made where there is none. Those that cannot be used are refused, the others go in.

    The codes of a pool have one length: so the parts of a text are exact before anybody knows who gets which.
    """
    if not pool.strip() or re.search(r"[\x00-\x1f]", pool):
        raise SmsError(SmsCode.INVALID_POOL, "A pool of codes needs a name.", "Give it one.")
    length = pools(connection).get(pool)
    refused = []
    good: dict[str, None] = {}
    for code in (code.strip() for code in codes):
        if not _CODE.fullmatch(code):
            refused.append((code, "a code has 3 to 40 letters, digits and hyphens"))
        elif length is not None and len(code) != length:
            refused.append((code, f"the codes of this pool have {length} characters"))
        elif code in good:
            refused.append((code, "it is there twice"))
        else:
            length = len(code)
            good[code] = None
    known = _insert(connection, pool, list(good))
    refused += [(code, "the pool has it already") for code in known]
    return _count(connection, pool, tuple(refused))


def _insert(connection: "duckdb.DuckDBPyConnection", pool: str, codes: Sequence[str]) -> list[str]:
    """Add codes; those that the pool had before."""
    import pyarrow as pa

    with registered(connection, "given_codes", pa.table({"code": pa.array(codes, pa.string())})):
        known = connection.execute(
            "SELECT code FROM given_codes WHERE code IN (SELECT code FROM sms_coupons WHERE pool = ?)", [pool]
        ).fetchall()
        connection.execute(
            """INSERT INTO sms_coupons SELECT $pool, code, NULL, NULL FROM given_codes
            WHERE code NOT IN (SELECT code FROM sms_coupons WHERE pool = $pool)""",
            {"pool": pool},
        )
    return [code for (code,) in known]


def pools(connection: "duckdb.DuckDBPyConnection") -> dict[str, int]:
    """The pools that there are, and how long their codes are."""
    return dict(
        connection.execute("SELECT pool, any_value(length(code)) FROM sms_coupons GROUP BY pool").fetchall()
    )


def all_pools(connection: "duckdb.DuckDBPyConnection") -> list[Pool]:
    """Every pool, in the order of their names."""
    return [_count(connection, name) for name in sorted(pools(connection))]


def _count(
    connection: "duckdb.DuckDBPyConnection", pool: str, refused: tuple[tuple[str, str], ...] = ()
) -> Pool:
    rows = connection.execute(
        """SELECT count(*) FILTER (message_id IS NULL), count(*) FILTER (message_id IS NOT NULL AND used_at IS NULL),
          count(used_at) FROM sms_coupons WHERE pool = ?""",
        [pool],
    ).fetchall()
    free, reserved, used = rows[0]
    return Pool(pool, free, reserved, used, refused)


def put_codes(
    connection: "duckdb.DuckDBPyConnection", texts: Sequence[tuple[int, str]]
) -> list[tuple[int, str]]:
    """Reserve a code for each text (message id, text) that asks for one; the texts with their codes.

    The gate `no_coupon` has let no more of them pass than there are codes.
    """
    asking: dict[str, list[int]] = {}
    for message_id, text in texts:
        if found := COUPON.search(text):
            asking.setdefault(found[1], []).append(message_id)
    given: dict[int, str] = {}
    for pool, message_ids in asking.items():
        given |= _reserve(connection, pool, message_ids)
    return [
        (message_id, COUPON.sub(given[message_id], text) if message_id in given else text)
        for message_id, text in texts
    ]


def _reserve(
    connection: "duckdb.DuckDBPyConnection", pool: str, message_ids: Sequence[int]
) -> dict[int, str]:
    """The next codes of a pool, one for each message."""
    import pyarrow as pa

    rows = connection.execute(
        "SELECT code FROM sms_coupons WHERE pool = ? AND message_id IS NULL ORDER BY rowid LIMIT ?",
        [pool, len(message_ids)],
    ).fetchall()
    given = {message_id: code for message_id, (code,) in zip(message_ids, rows, strict=True)}
    table = pa.table({"message_id": list(given), "code": list(given.values())})
    with registered(connection, "reserved", table):
        connection.execute(
            """UPDATE sms_coupons c SET message_id = r.message_id FROM reserved r
            WHERE c.pool = ? AND c.code = r.code""",
            [pool],
        )
    return given


def burn(connection: "duckdb.DuckDBPyConnection", messages: str, at: datetime) -> None:
    """Mark the codes of messages as used. `messages`: a temporary table of message ids that a carrier took."""
    connection.execute(
        f"""UPDATE sms_coupons SET used_at = $at
        WHERE used_at IS NULL AND message_id IN (SELECT message_id FROM {messages})""",  # noqa: S608
        {"at": stored(at)},
    )
