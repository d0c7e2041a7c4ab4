"""What every page and operation works with: the open store, SMS upon it, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends
from starlette.requests import HTTPConnection

from segql.runtime.api import Store
from segql.sms import Sms
from segql.web.access.attempts import Attempts
from segql.web.newest import Newest


@dataclass
class Desk:
    """One for a server. Its parts may be used by any number of threads."""

    store: Store
    sms: Sms
    clock: Callable[[], datetime]
    name: str = field(default_factory=partial(token_hex, 8))
    """Another one at each start: versions of what is served count from 0 then."""
    passwords: Attempts = field(init=False)
    requests: Attempts = field(init=False)
    """Of the API, by user and token."""
    claims: set[tuple[int, str]] = field(default_factory=set)
    """Keys of requests that are being answered (see `api/operation.py`)."""
    newest: Newest = field(init=False, default_factory=Newest)

    def __post_init__(self) -> None:
        self.passwords = Attempts(10, timedelta(minutes=5), self.clock)
        self.requests = Attempts(1_200, timedelta(minutes=1), self.clock)

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.store.catalog.account.timezone)


def desk_of(connection: HTTPConnection) -> Desk:
    """The desk of the server that was asked."""
    desk: Desk = connection.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(desk_of)]
