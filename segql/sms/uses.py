"""Which campaigns and flows use which stored segments: those that still take their audience or are set off."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from segql.runtime.uses import User, Users
from segql.sms.campaigns import Campaign
from segql.sms.flows import Flow

if TYPE_CHECKING:
    from segql.runtime.api import Store


def users_in_sms(store: "Store") -> Users:
    """The campaigns that wait for their start and the flows that use each segment.

    A condition that no longer holds uses nothing: its campaign or flow sends nothing either."""
    with store.database.cursor() as cursor:
        rows = cursor.execute(
            """SELECT kind, name, definition FROM sms_campaigns c WHERE CASE kind WHEN 'flow' THEN status <> 'cancelled'
            ELSE status = 'scheduled' OR (status = 'stopped'
              AND NOT EXISTS (FROM sms_messages m WHERE m.campaign_id = c.campaign_id)) END ORDER BY campaign_id"""
        ).fetchall()
    users: dict[str, tuple[User, ...]] = defaultdict(tuple)
    for kind, name, definition in rows:
        for segment in sorted(set(_named(store, kind, name, definition))):
            users[segment] += (User(kind, name),)
    return dict(users)


def _named(store: "Store", kind: str, name: str, definition: str) -> Iterator[str]:
    """The segments that a campaign or a flow names, and those that they are made of."""
    if kind == "flow":
        flow = Flow.defined(name, definition)
        texts = [text for text in (flow.segment, flow.only) if text is not None]
    else:
        campaign = Campaign.defined(name, definition)
        texts = [*campaign.include, *campaign.exclude]
    for text in texts:
        yield from _read(store, text)


def _read(store: "Store", text: str) -> tuple[str, ...]:
    from segql import DefinitionError

    try:
        return store.compile(text).reads.segments
    except DefinitionError:
        return ()
