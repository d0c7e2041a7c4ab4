"""One person as SMS knows them: what happened, whether they could be texted, what they consented to: part of `Sms`."""

from collections.abc import Callable
from datetime import datetime

from segql.sms import dispatch
from segql.sms.answers import AUTOMATIC
from segql.sms.dispatch import Line
from segql.sms.handwritten import Said, write_down
from segql.sms.history import Counted, Happening, What, count_events, happenings
from segql.sms.outlook import Outlook, local_times, outlook
from segql.sms.roles import require_changing, require_conversing
from segql.sms.saving import are_saved
from segql.sms.settings import SmsSettings, read_settings


class People:
    """People by their profile_id. Every method that happens at an instant takes it as `at` (aware), else asks the clock of
    `Sms`. Mistakes of users are `SmsError`."""

    def __init__(self, line: Line, clock: Callable[[], datetime]) -> None:
        self._line = line
        self._clock = clock

    def history(self, profile_id: int, *, what: What = "all", before: str | None = None) -> list[Happening]:
        """What happened between the account and a person, newest first (see `history.happenings`)."""
        with self._line.database.cursor() as cursor:
            cursor.begin()  # one state of the store
            settings = read_settings(cursor) if are_saved(cursor) else SmsSettings()
            return happenings(cursor, profile_id, settings.link_host, what=what, before=before)

    def event_kinds(self, profile_id: int) -> list[Counted]:
        """The kinds of events that a person has, the most frequent first."""
        with self._line.database.cursor() as cursor:
            cursor.begin()  # one state of the store
            return count_events(cursor, profile_id)

    def local_times(self, profile_id: int, *, at: datetime | None = None) -> tuple[datetime, ...]:
        """What clocks show where a person is; several where several zones are possible."""
        with self._line.database.cursor() as cursor:
            return local_times(cursor, profile_id, self._line.zone, at or self._clock())

    def outlook(self, profile_id: int, *, at: datetime | None = None) -> Outlook:
        """What would happen to a person if a campaign went out now."""
        with self._line.database.cursor() as cursor:
            return outlook(cursor, profile_id, read_settings(cursor), self._line.zone, at or self._clock())

    def write_down(
        self, actor: str, role: str, profile_id: int, said: Said, *, at: datetime | None = None
    ) -> None:
        """Write down what a person said about the messages that they want. That they want no more of them, whoever may
        converse; all else, owners and admins."""
        (require_conversing if said.status == "unsubscribed" else require_changing)(role)
        at = at or self._clock()
        with self._line.exclusive(), self._line.database.transaction() as connection:
            write_down(connection, profile_id, said, actor, at)
        dispatch.hand_over(self._line, at, only=AUTOMATIC)
