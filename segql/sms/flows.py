"""Flows: an event, an entry into a segment, or a word that somebody texts sets off a message after a delay."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from segql.sms.audit import By
from segql.sms.campaigns import log_campaign, read_message
from segql.sms.errors import SmsCode, SmsError
from segql.sms.events import FAILED, RECEIVED, REPLIED
from segql.sms.gates import Purpose
from segql.sms.instants import stored
from segql.sms.keywords.custom import find_keyword
from segql.sms.keywords.match import classify
from segql.sms.settings import read_settings
from segql.sms.triggers import position_now

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store

Trigger = Literal["event", "segment", "word"]

# Events that follow from a text of ours, whatever its recipient does.
_OF_OUR_TEXTS = {event.lower() for event in (RECEIVED, FAILED, REPLIED)}


@dataclass(frozen=True)
class Flow:
    """A message to each person who sets it off: by an `event`, by entering a stored `segment`, or by texting us a
    `word`; exactly one of these.

    The message leaves after `delay`, where the person then fulfils `only` (a condition, or a segment's name). Each
    person sets it off once, or again when `again_after` has passed since. `text` and `picture` are as in a campaign.
    """

    name: str
    text: str
    event: str | None = None
    segment: str | None = None
    word: str | None = None
    delay: timedelta = timedelta()
    only: str | None = None
    again_after: timedelta | None = None
    transactional: bool = False
    picture: str | None = None

    @property
    def purpose(self) -> Purpose:
        """What consent it needs."""
        return "transactional" if self.transactional else "marketing"

    @property
    def trigger(self) -> tuple[Trigger, str]:
        """What sets it off: the kind, and the name of it."""
        given: tuple[tuple[Trigger, str | None], ...] = (
            ("event", self.event),
            ("segment", self.segment),
            ("word", self.word),
        )
        named = [(kind, name) for kind, name in given if name is not None]
        if len(named) != 1 or not named[0][1].strip():
            raise SmsError(
                SmsCode.INVALID_FLOW,
                "One thing sets a flow off: an event, an entry into a segment, or a word.",
                "Name one of the three.",
            )
        return named[0]

    def definition(self) -> str:
        """What it says, as JSON; lengths of time are in seconds."""
        kind, name = self.trigger
        said: dict[str, Any] = {
            kind: name,
            "text": self.text,
            "delay": int(self.delay.total_seconds()),
            "only": self.only,
            "again_after": None if self.again_after is None else int(self.again_after.total_seconds()),
            "transactional": self.transactional,
            "picture": self.picture,
        }
        return json.dumps(said)

    @classmethod
    def defined(cls, name: str, definition: str) -> "Flow":
        """The flow that was stored with this definition."""
        said = json.loads(definition)
        again = said.pop("again_after")
        return cls(
            name,
            delay=timedelta(seconds=said.pop("delay")),
            again_after=None if again is None else timedelta(seconds=again),
            **said,
        )


@dataclass(frozen=True)
class FlowSaved:
    """A flow that was stored. `warnings`: what may surprise whoever saved it."""

    name: str
    is_new: bool
    warnings: tuple[str, ...]


def save_flow(store: "Store", flow: Flow, by: By, at: datetime) -> FlowSaved:
    """Store a flow, which is set off by what happens from then on. Saved again it is changed, and goes on.

    Raises `SmsError` and `segql.DefinitionError` where it could not be sent as it stands.
    """
    kind, name = flow.trigger
    with store.database.transaction() as connection:
        _check(store, connection, flow, at)
        rows = connection.execute(
            "SELECT campaign_id, kind, definition FROM sms_campaigns WHERE key = ?", [flow.name.casefold()]
        ).fetchall()
        if rows and rows[0][1] != "flow":
            raise SmsError(
                SmsCode.CAMPAIGN_EXISTS,
                f'A campaign has the name "{flow.name}".',
                "Give the flow a name of its own.",
            )
        values = {
            "name": flow.name,
            "key": flow.name.casefold(),
            "definition": flow.definition(),
            "transactional": flow.transactional,
            "at": stored(at),
            "position": position_now(connection, kind, at),
            "actor": by.actor,
        }
        if rows:
            connection.execute(
                """UPDATE sms_campaigns SET name = $name, definition = $definition, transactional = $transactional,
                started_at = $at, position = $position, actor = $actor, saves = saves + 1 WHERE key = $key""",
                values,
            )
        else:
            connection.execute(
                """INSERT INTO sms_campaigns BY NAME SELECT
                  (SELECT coalesce(max(campaign_id), 0) + 1 FROM sms_campaigns) AS campaign_id, $name AS name,
                  $key AS key, $definition AS definition, $transactional AS transactional, $at AS started_at,
                  'flow' AS kind, 'running' AS status, $at AS starts_at, $position AS position, $actor AS actor,
                  1 AS saves""",
                values,
            )
        log_campaign(connection, flow.name, rows[0][2] if rows else None, flow.definition(), by, at)
        is_keyword = kind == "word" and _is_keyword(connection, name, store.catalog.account.country)
    warnings = _warning(name, is_keyword=is_keyword) if kind == "word" else ()
    return FlowSaved(flow.name, not rows, warnings)


def _check(store: "Store", connection: "duckdb.DuckDBPyConnection", flow: Flow, at: datetime) -> None:
    if not flow.name.strip():
        raise SmsError(SmsCode.INVALID_FLOW, "A flow needs a name.", "Give it one.")
    if flow.delay < timedelta() or (flow.again_after is not None and flow.again_after < timedelta()):
        raise SmsError(
            SmsCode.INVALID_FLOW, "Time does not run backwards.", "Give lengths of time above zero."
        )
    kind, name = flow.trigger
    if kind == "event":
        _require(connection, "metrics", name, "event")
        if name.lower() in _OF_OUR_TEXTS and flow.again_after is not None:
            raise SmsError(
                SmsCode.INVALID_FLOW,
                f'"{name}" follows from each text of the flow itself: it would go on for ever.',
                "Let each person set it off once.",
            )
    elif kind == "segment":
        _require(connection, "segments", name, "stored segment")
    if flow.only is not None:
        store.query(flow.only, at)
    read_message(connection, flow.text, flow.picture, read_settings(connection))


def _require(connection: "duckdb.DuckDBPyConnection", table: str, name: str, what: str) -> None:
    known = dict(connection.execute(f"SELECT key, name FROM {table}").fetchall())  # noqa: S608 - ours
    if name.lower() in known:
        return
    near = get_close_matches(name.lower(), known, n=1)
    raise SmsError(
        SmsCode.INVALID_FLOW,
        f'There is no {what} "{name}".',
        f'Did you mean "{known[near[0]]}"?' if near else f"See which {what}s there are.",
    )


def _is_keyword(connection: "duckdb.DuckDBPyConnection", word: str, country: str) -> bool:
    return classify(word, country) is not None or find_keyword(connection, word) is not None


def _warning(word: str, *, is_keyword: bool) -> tuple[str]:
    if is_keyword:
        return (f'"{word}" is a keyword: it is acted upon as one, and never sets off the flow.',)
    return (f'"{word}" is no keyword: whoever texts it also opens a conversation.',)
