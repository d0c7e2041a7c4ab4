"""What changes while pages are open: one reader of the feed for all of them, and a stream of events to each.

A stream is server-sent events. Each carries its position in the feed, so that a browser that was cut off names the last
one that it has seen, and gets what it missed: all of it, once.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from segql.sms.conversations.desk import REPLAYED
from segql.sms.feed import Entry
from segql.web.access.rights import Right
from segql.web.access.visitors import find_visitor
from segql.web.desk import Desk
from segql.web.rendering import render

_log = logging.getLogger("segql.web")

# Seconds between two looks into the feed, while somebody listens.
_EVERY = 0.1
# Seconds after which a stream on which nothing happens gives a sign of life, and its visitor is asked for again.
_SIGN_OF_LIFE = 10.0
# The server itself reads the feed: who may see what comes of it is asked for each stream.
_AS_SERVER = "owner"


@dataclass(frozen=True)
class News:
    """An entry of the feed as pages get it: JSON."""

    position: int
    data: str

    def event(self) -> bytes:
        """As it is sent."""
        return format_sse_event(data_str=self.data, event="change", id=str(self.position))


class Hub:
    """Reads the feed while somebody listens, and tells all who do. It lives in the server's event loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._recent: deque[News] = deque(maxlen=REPLAYED)
        self._position = 0
        self._streams = 0
        self._reading: asyncio.Task[None] | None = None
        self._begun = asyncio.Event()
        self._turn = asyncio.Event()
        self._over = False
        self.unread: int | None = None
        """How many conversations are unread, as was known last."""

    def end(self) -> None:
        """End all streams, because the server ends."""
        self._over = True

    async def stream(self, connection: HTTPConnection, after: int | None) -> AsyncGenerator[bytes]:
        """Events for one page, from the position that it has seen (None: from now on) until its visitor may not see them
        any more. `hello` comes first; `change` is an entry; `anew`: it is too much to tell, read the page again; `ended`:
        the visitor may see no more."""
        self._streams += 1
        try:
            reading = await self._join()
            seen = self._position if after is None else after
            yield _event("hello", {"unread": self.unread}, seen)
            while not reading.done():
                turn, missed = self._turn, await self._missed(seen)
                if not await run_in_threadpool(_may_listen, connection):
                    yield _event("ended", {})
                    return
                if missed is None:
                    seen = self._position
                    yield _event("anew", {"unread": self.unread}, seen)
                    continue
                for news in missed:
                    yield news.event()
                    seen = news.position
                with suppress(TimeoutError):
                    await asyncio.wait_for(turn.wait(), _SIGN_OF_LIFE)
                    continue
                yield format_sse_event(comment="still here")
        finally:
            self._streams -= 1

    async def _join(self) -> "asyncio.Task[None]":
        """The task that reads the feed, begun with the first who listens."""
        if self._reading is None or self._reading.done():
            self._begun = asyncio.Event()
            self._reading = asyncio.create_task(self._read(self._begun))
        reading = self._reading
        await self._begun.wait()
        return reading

    async def _read(self, begun: asyncio.Event) -> None:
        """Look into the feed until nobody listens any more. Where it cannot be read, the streams end, and pages ask for
        new ones after a while."""
        try:
            self._recent.clear()
            self._position, self.unread = await run_in_threadpool(self._begin)
            begun.set()
            while self._streams and not self._over:
                if news := await run_in_threadpool(self._look):
                    self._recent.extend(news)
                    self._position = news[-1].position
                    self._wake()
                await asyncio.sleep(_EVERY)
        except Exception:  # noqa: BLE001 - of whatever kind: it is logged, and tried again
            _log.exception("the feed of conversations cannot be read")
        begun.set()
        # Those who wait look around once more when this has ended.
        asyncio.get_running_loop().call_soon(self._wake)

    def _wake(self) -> None:
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    def _begin(self) -> tuple[int, int]:
        talks = self._desk.sms.conversations
        return talks.position(_AS_SERVER), talks.unread(_AS_SERVER)

    def _look(self) -> Sequence[News]:
        """What has come since the last look."""
        entries = self._desk.sms.conversations.changes(_AS_SERVER, self._position)
        return self._told(entries) if entries else ()

    async def _missed(self, seen: int) -> Sequence[News] | None:
        """What has happened behind a position; None where it is too much, or no position of this feed."""
        if seen > self._position:
            return None
        known_since = self._recent[0].position - 1 if self._recent else self._position
        if seen >= known_since:
            return [news for news in self._recent if news.position > seen]
        return await run_in_threadpool(self._replay, seen, self._position)

    def _replay(self, after: int, until: int) -> Sequence[News] | None:
        entries = self._desk.sms.conversations.changes(_AS_SERVER, after)
        if len(entries) == REPLAYED:
            return None
        return self._told([entry for entry in entries if entry.position <= until])

    def _told(self, entries: Sequence[Entry]) -> list[News]:
        """Entries as pages get them: the last one of a conversation brings its row in the list, as it is now."""
        talks = self._desk.sms.conversations
        self.unread = talks.unread(_AS_SERVER)
        last = {entry.number: entry.position for entry in entries if entry.number is not None}
        rows = {talk.number: talk for talk in talks.find(_AS_SERVER, list(last))}
        told = []
        for entry in entries:
            talk = rows.get(entry.number or "")
            data: dict[str, object] = {"what": entry.what, "unread": self.unread}
            if talk is not None:
                data["conversation"] = talk.id
                if last[talk.number] == entry.position:
                    html = render(self._desk, "conversations/row.html", row=talk)
                    data |= {"row": html, "box": talk.box, "isUnread": talk.unread, "newest": talk.newest}
            told.append(News(entry.position, json.dumps(data)))
        return told


def hub_of(connection: HTTPConnection) -> Hub:
    """The hub of the server that was asked."""
    hub: Hub = connection.app.state.hub
    return hub


def _may_listen(connection: HTTPConnection) -> bool:
    visitor = find_visitor(connection)
    return visitor is not None and visitor.may(Right.CONVERSATIONS)


def _event(name: str, data: dict[str, object], position: int | None = None) -> bytes:
    return format_sse_event(
        data_str=json.dumps(data), event=name, id=None if position is None else str(position)
    )
