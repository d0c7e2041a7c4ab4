"""What belongs to the account besides its settings: sending numbers, custom keywords, and the log of changes."""

from collections.abc import Callable, Sequence
from datetime import datetime

from segql.runtime.store.database import Database
from segql.sms import numbers
from segql.sms.audit import AuditEntry, By, read_audit
from segql.sms.credits import LedgerLine, read_ledger
from segql.sms.keywords import custom
from segql.sms.keywords.custom import Keyword, OptIn
from segql.sms.numbers import SendingNumber
from segql.sms.roles import require_changing
from segql.sms.saving import are_saved
from segql.sms.settings import read_settings


class Account:
    """Sending numbers and keywords; owners and admins change them. Mistakes are `SmsError`."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def is_set_up(self) -> bool:
        """Whether SMS has been set up."""
        with self._database.cursor() as cursor:
            return are_saved(cursor)

    def numbers(self) -> list[SendingNumber]:
        """The sending numbers in use, then the requests that are pending."""
        with self._database.cursor() as cursor:
            return numbers.read_numbers(cursor)

    def request_number(
        self,
        actor: str,
        role: str,
        kind: str,
        countries: Sequence[str],
        *,
        name: str | None = None,
        at: datetime | None = None,
    ) -> int:
        """Ask for a further number for countries; the request's id. `name`: of a branded sender."""
        require_changing(role)
        with self._database.transaction() as connection:
            read_settings(connection)
            by = By(actor, role)
            return numbers.request_number(connection, kind, countries, name, by, at or self._clock())

    def activate_number(
        self, actor: str, role: str, request_id: int, number: str | None = None, *, at: datetime | None = None
    ) -> None:
        """Take a requested number into use, as the carrier gave it; a branded sender is its name."""
        require_changing(role)
        with self._database.transaction() as connection:
            numbers.activate_number(connection, request_id, number, By(actor, role), at or self._clock())

    def keywords(self) -> list[Keyword]:
        """The custom keywords."""
        with self._database.cursor() as cursor:
            return custom.read_keywords(cursor)

    def save_keyword(
        self,
        actor: str,
        role: str,
        word: str,
        list: str,
        *,
        opt_in: OptIn = "single",
        reply: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Add a custom keyword that subscribes to a list, or change one."""
        require_changing(role)
        with self._database.transaction() as connection:
            read_settings(connection)
            keyword = Keyword(word, list, opt_in, reply)
            custom.save_keyword(connection, keyword, By(actor, role), at or self._clock())

    def remove_keyword(self, actor: str, role: str, word: str, *, at: datetime | None = None) -> None:
        """Remove a custom keyword."""
        require_changing(role)
        with self._database.transaction() as connection:
            custom.remove_keyword(connection, word, By(actor, role), at or self._clock())

    def ledger(self, zone: str, limit: int = 100) -> list[LedgerLine]:
        """What happened to the balance, day by day of a zone's clock, newest first."""
        with self._database.cursor() as cursor:
            return read_ledger(cursor, zone, limit)

    def audit(self, limit: int = 50) -> list[AuditEntry]:
        """The newest changes of settings, numbers and keywords, newest first."""
        with self._database.cursor() as cursor:
            return read_audit(cursor, limit)
