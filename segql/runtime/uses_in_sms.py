"""Which campaigns and flows use which stored segment, and those of which nobody knows."""

import json
from collections import defaultdict
from collections.abc import Iterator

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.answering import Answering
from segql.runtime.named import segments_named
from segql.runtime.uses import User, Users


def users_in_sms(store: Answering) -> Users:
    """The campaigns that wait for their start and the flows that use each segment: those that still take their audience or
    are set off.

    One whose condition no longer holds uses the segments that it names: it may be mended before it starts."""
    users: dict[str, tuple[User, ...]] = defaultdict(tuple)
    for user, texts in _waiting(store):
        for segment in sorted({name for text in texts for name in _read_by(store, text) or ()}):
            users[segment] += (user,)
    return dict(users)


def unreadable_in_sms(store: Answering) -> tuple[User, ...]:
    """Those of them with a condition that cannot be read at all: nobody knows which segments they use."""
    return tuple(
        user for user, texts in _waiting(store) if any(_read_by(store, text) is None for text in texts)
    )


def _waiting(store: Answering) -> Iterator[tuple[User, list[str]]]:
    """Campaigns and flows, each with its conditions."""
    with store.database.cursor() as cursor:
        rows = cursor.execute(
            """SELECT campaign_id, kind, name, definition FROM sms_campaigns c
            WHERE CASE kind WHEN 'flow' THEN status <> 'cancelled'
            ELSE status = 'scheduled' OR (status = 'stopped'
              AND NOT EXISTS (FROM sms_messages m WHERE m.campaign_id = c.campaign_id)) END ORDER BY campaign_id"""
        ).fetchall()
    for campaign_id, kind, name, definition in rows:
        said = json.loads(definition)
        texts = [*said.get("include", ()), *said.get("exclude", ()), said.get("only")]
        # What sets a flow off is a name: of a segment that is gone it uses nothing.
        if said.get("segment") is not None and store.catalog.segment(said["segment"]) is not None:
            texts.append(said["segment"])
        yield User(kind, name, campaign_id), [text for text in texts if text is not None]


def _read_by(store: Answering, text: str) -> tuple[str, ...] | None:
    """The segments that a condition, or the name of a segment, reads; None where it cannot be read."""
    try:
        return store.compile(text).reads.segments
    except DefinitionError:
        try:
            return segments_named(store.catalog, text)
        except DefinitionError:
            return None
