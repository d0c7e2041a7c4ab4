"""What English needs to know besides the tree: the moment, so that dates can be filled in, and the account."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from segql.compiler.catalog.model import Account
from segql.compiler.plan.instants import Moment, Window


@dataclass(frozen=True)
class Voice:
    """Speaks for one account at one moment."""

    account: Account
    moment: Moment

    def in_zone(self, zone: str | None) -> "Voice":
        """The same voice for a definition in another time zone; None is the account's."""
        return replace(self, moment=self.moment.elsewhere(zone))

    def dates(self, window: Window) -> str:
        """The window's dates in brackets, in the account's time zone; nothing for a window without ends."""
        first, last = self.moment.bounds(window)
        begins = window.start is not None and first is not None
        ends = window.end is not None and last is not None
        if begins and ends and first is not None and last is not None:
            begin, end = self.instant(first), self.instant(last)
            return f" ({begin} to {end})" if begin != end else f" ({begin})"
        if begins and first is not None:
            return f" (from {self.instant(first)})"
        if ends and last is not None:
            return f" (before {self.instant(last + timedelta(seconds=1))})"
        return ""

    def instant(self, instant: datetime) -> str:
        """A date, with the time of day where it is not midnight or the day's last second."""
        local = instant.astimezone(self.moment.zone)
        if (local.hour, local.minute, local.second) in ((0, 0, 0), (23, 59, 59)):
            return f"{local:%Y-%m-%d}"
        return f"{local:%Y-%m-%d %H:%M}"
