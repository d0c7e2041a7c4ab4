"""The log of every change of a setting, a keyword, a sending number, a campaign or a flow: who, when, what before and
after."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from segql.sms.instants import aware, stored

if TYPE_CHECKING:
    import duckdb


class By(NamedTuple):
    """Who does something, and the role in which it is done."""

    actor: str
    role: str


class Change(NamedTuple):
    """What was changed, and its values as JSON; null where there was none or is none any more."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class AuditEntry:
    """A change in the log. `before` and `after`: plain values, None where there was none."""

    at: datetime
    actor: str
    role: str
    what: str
    before: Any
    after: Any


def as_json(value: Any) -> str:
    """A plain value as the log has it."""
    return json.dumps(value, ensure_ascii=False)


def log_changes(
    connection: "duckdb.DuckDBPyConnection", by: By, at: datetime, changes: Iterable[Change]
) -> None:
    """Append changes to the log, within the caller's transaction."""
    connection.execute(
        """INSERT INTO sms_settings_log (changed_at, actor, role, setting, before, after)
        SELECT $at, $actor, $role, change[1], change[2], change[3]
        FROM (SELECT unnest($changes::VARCHAR[][]) AS change)""",
        {
            "at": stored(at),
            "actor": by.actor,
            "role": by.role,
            "changes": [list(change) for change in changes],
        },
    )


def read_audit(connection: "duckdb.DuckDBPyConnection", limit: int) -> list[AuditEntry]:
    """The newest changes, newest first."""
    rows = connection.execute(
        """SELECT changed_at, actor, role, setting, before, after FROM sms_settings_log
        ORDER BY changed_at DESC, rowid DESC LIMIT ?""",
        [limit],
    ).fetchall()
    return [
        AuditEntry(aware(row[0]), row[1], row[2], row[3], *(value and json.loads(value) for value in row[4:]))
        for row in rows
    ]
