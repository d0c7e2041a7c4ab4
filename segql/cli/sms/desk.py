"""What every command of `segql sms` works with, and the options that they share."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from segql.cli.options import instant, opened

if TYPE_CHECKING:
    from segql.runtime.api import Store
    from segql.sms import Sms
    from segql.sms.carriers.simulated import SimulatedCarrier
    from segql.sms.mail import MailServer

ActorOption = Annotated[str, typer.Option("--actor", help="Who does it, for the log.")]
RoleOption = Annotated[str, typer.Option("--role", help="The actor's role: owner, admin, manager, analyst.")]
NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="As +16175550123.")]
CampaignArgument = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign's name.")]
DEFAULT_ACTOR = "command line"


class Desk(NamedTuple):
    """The open store, SMS upon it with the simulated carrier, and the instant at which the command happens."""

    store: "Store"
    sms: "Sms"
    carrier: "SimulatedCarrier"
    at: datetime

    def number(self, text: str) -> str:
        """A number as it was typed, in E.164. Raises `typer.BadParameter` where it can be none."""
        from segql.runtime.store.phones import read_number

        number = read_number(text, self.store.catalog.account.country)
        if not number.valid:
            raise typer.BadParameter(f"{text!r} cannot be a phone number: write it as +16175550123")
        return number.text


@contextmanager
def open_desk(path: str, as_of: str | None, mail: "MailServer | None" = None) -> Iterator[Desk]:
    """The desk of a command, closed at its end."""
    from segql.sms import Sms
    from segql.sms.carriers.simulated import SimulatedCarrier, memory_beside

    with opened(path, "Do it on the pages of the server.") as store:
        at = instant(as_of, store.catalog.account.timezone)
        with (
            closing(SimulatedCarrier(path=memory_beside(Path(path)))) as carrier,
            closing(Sms(store, carrier, clock=lambda: at, mail=mail)) as sms,
        ):
            yield Desk(store, sms, carrier, at)
