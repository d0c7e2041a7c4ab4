"""What comes from customers by other ways than a text, and where texts go on to."""

from collections.abc import Callable
from datetime import datetime

from segql.sms import dispatch
from segql.sms.answers import AUTOMATIC
from segql.sms.consent import Status, status_of
from segql.sms.customers import meet
from segql.sms.dispatch import Line
from segql.sms.forwarding import count_waiting, send_forwards
from segql.sms.mail import MailServer
from segql.sms.roles import require_changing
from segql.sms.settings import read_settings
from segql.sms.subscribing import Saying, require_sender, subscribe


class Inbound:
    """Subscriptions that are made elsewhere, and texts that are forwarded by e-mail."""

    def __init__(self, line: Line, clock: Callable[[], datetime], mail: MailServer | None) -> None:
        self._line = line
        self._clock = clock
        self._mail = mail

    def subscribe(
        self,
        actor: str,
        role: str,
        number: str,
        *,
        method: str,
        detail: str | None = None,
        double: bool = False,
        at: datetime | None = None,
    ) -> bool:
        """Subscribe a number (E.164) that agreed by `method`, a form for instance; with `double` it is asked to confirm
        first. Whether it is subscribed now. Raises `SmsError` where nobody could receive its confirmation."""
        require_changing(role)
        at = at or self._clock()
        with self._line.exclusive(), self._line.database.transaction() as connection:
            who = meet(connection, number, None, at)
            require_sender(connection, who, answers=double)
            saying = Saying(method, detail, actor, at, at)
            done = subscribe(connection, who, saying, read_settings(connection), double=double)
        dispatch.hand_over(self._line, at, only=AUTOMATIC)
        return done

    def consent(self, number: str, *, at: datetime | None = None) -> Status | None:
        """What a number (E.164) said last about marketing; None: it never did."""
        with self._line.database.cursor() as cursor:
            return status_of(cursor, number, at or self._clock())

    def waiting(self) -> int:
        """How many texts wait to be forwarded."""
        with self._line.database.cursor() as cursor:
            return count_waiting(cursor)

    def forward(self, *, at: datetime | None = None) -> int:
        """Mail the texts that wait to be forwarded; how many the mail server took. The others are tried again later, as
        are all where there is no mail server."""
        if self._mail is None:
            return 0
        return send_forwards(self._line.database, self._mail, at or self._clock())
