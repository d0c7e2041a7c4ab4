"""Why somebody got a message, or did not: each state that it came into, with the gates, receipts and clicks."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from segql.runtime.store.catalog import read_account
from segql.runtime.store.person import find_person
from segql.sms.campaigns import Campaign, campaign_id_of
from segql.sms.gates import BY_CODE
from segql.sms.instants import aware
from segql.sms.messages import REASONS

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store


@dataclass(frozen=True)
class Step:
    """Something that happened to a message. `what`: a state, "receipt" or "click"; `words` say more, where there is more."""

    at: datetime
    what: str
    words: str


@dataclass(frozen=True)
class Outcome:
    """What a campaign or flow did for one person: the state, the gate or failure behind it, if any, and the words.

    `due_at`: when it is looked at again. `status`: the campaign's. `steps`: how it came to this, in the order of time.
    Of a flow, the latest of its messages to the person.
    """

    campaign: str
    status: str
    state: str
    reason: str | None
    words: str
    text: str | None
    attempts: int
    due_at: datetime | None
    handed_at: datetime | None
    finished_at: datetime | None
    steps: tuple[Step, ...]


def why(store: "Store", connection: "duckdb.DuckDBPyConnection", campaign: str, who: str | int) -> Outcome:
    """What became of a campaign or flow for one person, named by external id, e-mail or number, or by profile_id.

    Raises `SmsError` for an unknown campaign, and `StoreError` where nobody is meant, or several are.
    """
    campaign_id = campaign_id_of(connection, campaign)
    profile_id = find_person(connection, who, read_account(connection))
    status, fault, kind, definition, taken_at = connection.execute(
        "SELECT status, fault, kind, definition, started_at FROM sms_campaigns WHERE campaign_id = ?",
        [campaign_id],
    ).fetchall()[0]
    rows = connection.execute(
        """SELECT message_id, state, reason, text, attempts, due_at, handed_at, finished_at FROM sms_messages
        WHERE campaign_id = ? AND profile_id = ? ORDER BY number IS NULL, occasion DESC, message_id DESC LIMIT 1""",
        [campaign_id, profile_id],
    ).fetchall()
    about = status if fault is None else f"{status}: {REASONS.get(fault, fault)}"
    if not rows:
        if status in ("draft", "scheduled"):
            words = "the audience is not taken yet"
        elif kind == "flow":
            words = "has not set it off"
        else:
            defined = Campaign.defined(campaign, definition)
            words = _outside(store, connection, defined, profile_id, aware(taken_at))
        return Outcome(campaign, about, "outside", None, words, None, 0, None, None, None, ())
    message_id, state, reason, text, attempts, due_at, handed_at, finished_at = rows[0]
    return Outcome(
        campaign,
        about,
        state,
        reason,
        words_of(reason) or state,
        text if handed_at else None,
        attempts,
        aware(due_at) if due_at else None,
        aware(handed_at) if handed_at else None,
        aware(finished_at) if finished_at else None,
        _steps(connection, message_id),
    )


def _outside(
    store: "Store",
    connection: "duckdb.DuckDBPyConnection",
    campaign: Campaign,
    profile_id: int,
    at: datetime,
) -> str:
    """Which of a campaign's conditions kept somebody out of its audience, as of when that was taken."""
    included, excluded = (
        [text for text in texts if _fulfils(store, connection, text, profile_id, at)]
        for texts in (campaign.include, campaign.exclude)
    )
    if not included:
        return f"is not in the audience: not {' and not '.join(campaign.include)}"
    if excluded:
        return f"is not in the audience, which leaves out: {' or '.join(excluded)}"
    return "is not in the audience: what it is about them came to light after it was taken"


def _fulfils(
    store: "Store", connection: "duckdb.DuckDBPyConnection", text: str, profile_id: int, at: datetime
) -> bool:
    query = store.query(text, at)
    found = connection.execute(
        f"SELECT 1 FROM ({query.text}) WHERE profile_id = $the_person",  # noqa: S608 - compiled
        {**query.values, "the_person": profile_id},
    )
    return bool(found.fetchall())


def _steps(connection: "duckdb.DuckDBPyConnection", message_id: int) -> tuple[Step, ...]:
    rows = connection.execute(
        """SELECT happened_at, what, words FROM (
          SELECT entered_at AS happened_at, state AS what, reason AS words, 1 AS rank, rowid AS nth FROM sms_steps
            WHERE message_id = $id
          UNION ALL SELECT recorded_at, 'receipt', concat(word, ', ', effect), 2, receipt_id FROM sms_receipts
            WHERE message_id = $id
          UNION ALL SELECT clicked_at, 'click', if(bot, 'a program, not counted', NULL), 3, sms_clicks.rowid
            FROM sms_clicks JOIN sms_links USING (link_id) WHERE message_id = $id
        ) ORDER BY happened_at, rank, nth""",
        {"id": message_id},
    ).fetchall()
    return tuple(Step(aware(at), what, words_of(words)) for at, what, words in rows)


def words_of(reason: str | None) -> str:
    """The reason for which a message is where it is, in words; none where there is no reason."""
    if reason is None:
        return ""
    return BY_CODE[reason].words if reason in BY_CODE else REASONS.get(reason, reason)
