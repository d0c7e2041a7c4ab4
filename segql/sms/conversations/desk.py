"""The desk at which conversations are read and sorted, by those who may. Replies are sent by `Sms.reply`."""

from collections.abc import Callable, Sequence
from datetime import datetime

from segql.sms import feed, reviews
from segql.sms.consent import record_block
from segql.sms.conversations import box as reply_box
from segql.sms.conversations import listing, thread, times
from segql.sms.conversations.box import Answer, Draft
from segql.sms.conversations.listing import Box, Conversation
from segql.sms.conversations.state import change_state, number_of, read_to, require_conversation
from segql.sms.conversations.thread import Thread
from segql.sms.conversations.times import ResponseTimes
from segql.sms.dispatch import Line
from segql.sms.feed import Entry
from segql.sms.reviews import Decision
from segql.sms.roles import require_conversing
from segql.sms.settings import read_settings

# So many changes are replayed at a time.
REPLAYED = 1000


class Conversations:
    """Conversations, for owners, admins and managers: every method raises `SmsError` for another role, and for a number
    that never texted. Numbers are E.164."""

    def __init__(self, line: Line, clock: Callable[[], datetime]) -> None:
        self._line = line
        self._clock = clock

    def list(
        self,
        role: str,
        *,
        box: Box = "inbox",
        unread: bool = False,
        search: str = "",
        before: int | None = None,
        at: datetime | None = None,
    ) -> Sequence[Conversation]:
        """Ten conversations, newest text first; `before`: the place (`newest`) of the last one that is known.

        `unread`: only those with a text that nobody has read. `search`: a name, a number or words of either side.
        """
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            return listing.list_conversations(
                cursor, at or self._clock(), box=box, unread=unread, search=search, before=before
            )

    def unread(self, role: str, *, at: datetime | None = None) -> int:
        """How many conversations in the inbox are unread."""
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            return listing.count_unread(cursor, at or self._clock())

    def find(
        self, role: str, numbers: Sequence[str], *, at: datetime | None = None
    ) -> Sequence[Conversation]:
        """The conversations with some numbers, newest text first, as the list shows them, in whichever box they are."""
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            return listing.read_conversations(cursor, at or self._clock(), numbers)

    def number_of(self, role: str, conversation: int) -> str:
        """The number of a conversation, by its id: what an address of a page has instead of the number."""
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            return number_of(cursor, conversation)

    def open(self, role: str, number: str, *, at: datetime | None = None) -> Thread:
        """The thread with a number, its last fifty messages; it is read by that."""
        require_conversing(role)
        at = at or self._clock()
        with self._line.database.transaction(names=False) as connection:
            newest = require_conversation(connection, number)
            if change_state(connection, number, read_to=newest):
                feed.note(connection, "read", number, at)
            return thread.read_thread(connection, number, read_settings(connection), self._line.zone, at)

    def older(self, role: str, number: str, before: str, *, at: datetime | None = None) -> Thread:
        """The thread before a message (its `position`)."""
        require_conversing(role)
        at = at or self._clock()
        with self._line.database.cursor() as cursor:
            require_conversation(cursor, number)
            return thread.read_thread(cursor, number, read_settings(cursor), self._line.zone, at, before)

    def draft(self, role: str, number: str, answer: Answer, *, at: datetime | None = None) -> Draft:
        """What a reply would be: its parts, its price, and whether it can be sent."""
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            settings = read_settings(cursor)
            return reply_box.draft(cursor, number, answer, settings, self._line.zone, at or self._clock())

    def read_to(self, role: str, number: str) -> int:
        """The newest text of a number that somebody has read, 0 where nobody has read any."""
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            require_conversation(cursor, number)
            return read_to(cursor, number)

    def archive(self, role: str, number: str, *, at: datetime | None = None) -> None:
        """Put a conversation into the archive, until a new text brings it back."""
        self._move(role, number, at, to_archive=True)

    def unarchive(self, role: str, number: str, *, at: datetime | None = None) -> None:
        """Put a conversation back into the inbox."""
        self._move(role, number, at, to_archive=False)

    def _move(self, role: str, number: str, at: datetime | None, *, to_archive: bool) -> None:
        require_conversing(role)
        with self._line.database.transaction(names=False) as connection:
            newest = require_conversation(connection, number)
            if change_state(connection, number, archived_to=newest if to_archive else 0):
                what: feed.What = "archived" if to_archive else "unarchived"
                feed.note(connection, what, number, at or self._clock())

    def block(self, actor: str, role: str, number: str, *, at: datetime | None = None) -> None:
        """Block a number: its texts are seen in the blocked list only, and it gets nothing any more."""
        require_conversing(role)
        with self._line.exclusive(), self._line.database.transaction() as connection:
            require_conversation(connection, number)
            record_block(connection, number, "blocked", actor, at or self._clock())

    def unblock(self, actor: str, role: str, number: str, *, at: datetime | None = None) -> None:
        """Let a number's texts be seen again; it may get something, where it consented."""
        require_conversing(role)
        with self._line.exclusive(), self._line.database.transaction() as connection:
            require_conversation(connection, number)
            record_block(connection, number, "unblocked", actor, at or self._clock())

    def decide(
        self, actor: str, role: str, number: str, decision: Decision, *, at: datetime | None = None
    ) -> None:
        """Decide whether a number's text that may be an opt-out was one; marketing to it waits until then."""
        require_conversing(role)
        with self._line.exclusive(), self._line.database.transaction() as connection:
            reviews.decide(connection, number, decision, actor, at or self._clock())

    def response_times(self, role: str, since: datetime, until: datetime | None = None) -> ResponseTimes:
        """How fast those were answered who began to wait in [since, until), and who waits."""
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            return times.response_times(cursor, since, until or self._clock())

    def position(self, role: str) -> int:
        """How far the feed of changes has come."""
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            return feed.last_position(cursor)

    def changes(self, role: str, after: int, limit: int = REPLAYED) -> Sequence[Entry]:
        """What changed behind a position of the feed, in order: nothing twice, nothing left out."""
        require_conversing(role)
        with self._line.database.cursor() as cursor:
            return feed.read_feed(cursor, after, limit)
