"""One person: who is meant by an identifier, and everything that the store holds about them."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from segql.compiler.catalog.model import Account
from segql.compiler.sql.layout import FOLDED
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.by_person import events_of
from segql.runtime.store.consents import ADDRESSES
from segql.runtime.store.phones import read_number
from segql.runtime.store.sql import EMAIL_KEY, folded

if TYPE_CHECKING:
    import duckdb

# Each part of what is known of a person, by its name in the document. $id: the profile.
PARTS = {
    "also_known_as": "SELECT kind, value FROM profile_aliases WHERE profile_id = $id ORDER BY ALL",
    "merged": """SELECT merged_id AS profile_id, merged_at, actor FROM profile_merges WHERE profile_id = $id
        ORDER BY ALL""",
    "consent": """SELECT channel, kind, status, from_at, until_at, method, detail FROM consent_periods WHERE profile_id = $id
        ORDER BY channel, kind, from_at""",
    "consent_log": f"""SELECT channel, kind, address, status, occurred_at, recorded_at, method, detail, actor
        FROM consents WHERE (channel, address) IN (SELECT (channel, address) FROM ({ADDRESSES}) WHERE profile_id = $id
          UNION SELECT (CASE kind WHEN 'phone' THEN 'sms' WHEN 'email' THEN 'email' ELSE 'push' END, value)
          FROM profile_aliases WHERE profile_id = $id)
        ORDER BY occurred_at, consent_id""",  # noqa: S608
    "lists": """SELECT name AS list, from_at, until_at FROM list_periods JOIN lists USING (list_id)
        WHERE profile_id = $id ORDER BY from_at, key""",
    "attribute_history": """SELECT attribute, value, from_at, until_at FROM attribute_periods WHERE profile_id = $id
        ORDER BY attribute, from_at""",
    "segment_history": """SELECT name AS segment, from_at, until_at, entered_by, left_by
        FROM segment_periods JOIN segments USING (segment_id) WHERE profile_id = $id ORDER BY from_at, key""",
    "messages": """SELECT c.name AS campaign, purpose, number, sender, text, parts, credits, state, reason, queued_at,
          handed_at, finished_at, carrier, carrier_id,
          (SELECT list({url: url, clicks: (SELECT list(clicked_at ORDER BY clicked_at) FROM sms_clicks k
            WHERE k.link_id = l.link_id)} ORDER BY link_id) FROM sms_links l WHERE l.message_id = m.message_id) AS links,
          (SELECT list({word: word, status: status, occurred_at: occurred_at} ORDER BY receipt_id)
            FROM sms_receipts r WHERE r.message_id = m.message_id) AS receipts,
          (SELECT list({state: s.state, reason: s.reason, entered_at: s.entered_at} ORDER BY s.rowid)
            FROM sms_steps s WHERE s.message_id = m.message_id) AS steps
        FROM sms_messages m LEFT JOIN sms_campaigns c USING (campaign_id) WHERE profile_id = $id ORDER BY message_id""",
    "texts": """SELECT sender, recipient, body, pictures, occurred_at, meaning, decision,
          (SELECT list({address: address, failure: failure}) FROM sms_forwards f WHERE f.inbound_id = i.inbound_id)
            AS to_be_forwarded
        FROM sms_inbound i WHERE profile_id = $id ORDER BY inbound_id""",
    "conversations": """SELECT number, read_to, archived_to FROM sms_conversations
        WHERE number IN (SELECT sender FROM sms_inbound WHERE profile_id = $id) ORDER BY number""",
    "conversation_changes": """SELECT what, number, occurred_at FROM sms_feed
        WHERE number IN (SELECT sender FROM sms_inbound WHERE profile_id = $id) ORDER BY position""",
}
_FOREVER = datetime(9999, 12, 31)  # noqa: DTZ001 - as the store keeps it


def find_person(connection: "duckdb.DuckDBPyConnection", who: str | int, account: Account) -> int:
    """The profile_id of the person of an external id; failing that, of a phone number or an e-mail address.

    An int is a profile_id itself, perhaps of a profile that was merged into another since. A number may be written in
    any way that is read in the account's country. Raises `StoreError` where there is nobody, or where several people
    have the number or the address.
    """
    if isinstance(who, int):
        return _find_profile(connection, who)
    # Most are called by it, and it is found at once.
    known = connection.execute(
        "SELECT profile_id FROM profiles WHERE external_id = ?", [who.strip()]
    ).fetchall()
    if len(known) == 1:
        return int(known[0][0])
    number = read_number(who, account.country)
    found = connection.execute(
        f"""SELECT DISTINCT strength, profile_id FROM (
          SELECT 1 AS strength, profile_id FROM profiles WHERE external_id = $who
          UNION ALL SELECT 1, profile_id FROM profile_aliases WHERE kind = 'external_id' AND value = $who
          UNION ALL SELECT 2, profile_id FROM profiles WHERE phone_valid AND phone_number = $number
          UNION ALL SELECT 2, profile_id FROM profiles WHERE {EMAIL_KEY} = {folded("$who")}
          UNION ALL SELECT 3, profile_id FROM profile_aliases WHERE kind = 'phone' AND value = $number
          UNION ALL SELECT 3, profile_id FROM profile_aliases WHERE kind = 'email' AND value = {folded("$who")}
        ) QUALIFY strength = min(strength) OVER () ORDER BY profile_id""",  # noqa: S608
        {"who": who.strip(), "number": number.text if number.valid else None},
    ).fetchall()
    if not found:
        raise StoreError(
            Code.UNKNOWN_PERSON,
            "Nobody has that external id, e-mail address or phone number.",
            "Check how it is written; a number of another country begins with + and the country's code.",
        )
    if len(found) > 1:
        raise StoreError(
            Code.SEVERAL_PEOPLE,
            f"{len(found)} people have that e-mail address or phone number.",
            "Name the one who is meant by external id, or by another of their addresses.",
        )
    return int(found[0][1])


def _find_profile(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> int:
    """A profile that exists, or the one that it was merged into."""
    for query in (
        "SELECT profile_id FROM profiles WHERE profile_id = ?",
        "SELECT m.profile_id FROM profile_merges m JOIN profiles USING (profile_id) WHERE merged_id = ?",
    ):
        found = connection.execute(query, [profile_id]).fetchall()
        if found:
            break
    else:
        raise StoreError(
            Code.UNKNOWN_PERSON,
            f"There is no profile {profile_id}: it was erased, or never was.",
            "Search for the person by name, e-mail address, phone number or external id.",
        )
    return int(found[0][0])


def describe_person(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> dict[str, Any]:
    """Everything that is stored about a person, as one document; instants are aware, in UTC, and null where a
    period has no end. The connection is in a transaction: one state of the store is read."""
    document: dict[str, Any] = {"profile_id": profile_id, "profile": read_profile(connection, profile_id)}
    for name in PARTS:
        document[name] = read_part(connection, profile_id, name)
    document["events"] = _events(connection, profile_id)
    return document


def read_profile(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> dict[str, Any]:
    """The attributes that a person has, by name."""
    (row,) = _rows(
        connection,
        f"""SELECT COLUMNS(lambda name: name <> 'profile_id' AND NOT ends_with(name, '{FOLDED}'))
        FROM profiles WHERE profile_id = $id""",  # noqa: S608 - a constant
        profile_id,
    )
    return {name: value for name, value in row.items() if value is not None}


def read_part(connection: "duckdb.DuckDBPyConnection", profile_id: int, name: str) -> list[dict[str, Any]]:
    """One part of what is stored about a person (see `PARTS`), a row each."""
    return _rows(connection, PARTS[name], profile_id)


def _events(connection: "duckdb.DuckDBPyConnection", profile_id: int) -> list[dict[str, Any]]:
    """The person's events in the order of time, each with all its properties, wherever the store keeps them."""
    rows = connection.execute(
        f"""SELECT m.name, occurred_at, m.amount, (e.amount::DECIMAL(38, 0) / 10000)::DOUBLE, m.label, l.label, properties
        FROM {events_of(connection, (profile_id,))} JOIN metrics m USING (metric_id) LEFT JOIN labels l USING (label_id)
        ORDER BY occurred_at, m.key, event_key"""  # noqa: S608 - fragments of SQL
    ).fetchall()
    events = []
    for event, occurred_at, amount_name, amount, label_name, label, properties in rows:
        kept = {amount_name: amount, label_name: label}
        said = {name: value for name, value in kept.items() if name is not None and value is not None}
        events.append(
            {
                "event": event,
                "occurred_at": plain(occurred_at),
                "properties": {**said, **plain(properties or {})},
            }
        )
    return events


def _rows(connection: "duckdb.DuckDBPyConnection", query: str, profile_id: int) -> list[dict[str, Any]]:
    cursor = connection.execute(query, {"id": profile_id})
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, map(plain, row), strict=True)) for row in cursor.fetchall()]


def plain(value: Any) -> Any:
    """A value of the store for documents: instants aware, in UTC, and null where it is for ever."""
    match value:
        case datetime():
            return None if value == _FOREVER else value.replace(tzinfo=UTC)
        case list():
            return [plain(item) for item in value]
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case _:
            return value
