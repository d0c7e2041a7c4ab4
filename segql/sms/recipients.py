"""The people of a campaign or flow: found by name or number, or by what became of their message."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segql.sms.looking import NAME, Person
from segql.sms.messages import State

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Recipient:
    """Somebody in an audience, and where their message is, with the reason (a gate, or one of `messages.REASONS`)."""

    person: Person
    state: State
    reason: str | None


def find_recipients(
    connection: "duckdb.DuckDBPyConnection",
    campaign_id: int,
    search: str = "",
    state: State | None = None,
    reason: str | None = None,
    limit: int = 20,
) -> list[Recipient]:
    """People of a campaign or flow, each with the latest message. `search`: a part of the name or the number, or the
    external id. `state`, `reason`: only messages that are there, for that."""
    words = search.strip()
    digits = "".join(filter(str.isdigit, words))
    rows = connection.execute(
        f"""SELECT profile_id, {NAME} AS name, coalesce(m.number, p.phone_number), state, reason
        FROM sms_messages m JOIN profiles p USING (profile_id)
        WHERE campaign_id = $campaign AND state = coalesce($state, state)
          AND coalesce(reason, '') = coalesce($reason, reason, '')
          AND ($words = '' OR contains(lower(name), lower($words)) OR p.external_id = $words
            OR (length($digits) > 2 AND contains(coalesce(m.number, p.phone_number, ''), $digits)))
        QUALIFY row_number() OVER (PARTITION BY profile_id ORDER BY message_id DESC) = 1
        ORDER BY profile_id LIMIT $limit""",  # noqa: S608 - constants
        {
            "campaign": campaign_id,
            "words": words,
            "digits": digits,
            "state": state,
            "reason": reason,
            "limit": limit,
        },
    ).fetchall()
    return [Recipient(Person(*row[:3]), row[3], row[4]) for row in rows]
