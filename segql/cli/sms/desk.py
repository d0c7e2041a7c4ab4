"""What every command of `segql sms` works with, and the options that they share."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from segql.cli.options import file_of, instant, is_server

if TYPE_CHECKING:
    from segql.runtime.api import Store
    from segql.runtime.keeping import Keeping
    from segql.sms import Sms
    from segql.sms.mail import MailServer
    from segql.sms.remote.module import RemoteSms

ActorOption = Annotated[
    str | None,
    typer.Option(
        "--actor", help="Who does it, for the log. [default: command line; of a server the token's user]"
    ),
]
RoleOption = Annotated[
    str | None,
    typer.Option(
        "--role",
        help="The actor's role: owner, admin, manager, analyst. [default: owner; of a server the user's]",
    ),
]
PictureOption = Annotated[
    str | None,
    typer.Option(
        "--picture",
        metavar="FILE|URL",
        help="A picture or GIF that goes with the text: a file, or its address.",
    ),
]
NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="As +16175550123.")]
CampaignArgument = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign's name.")]
# By whom things are done in a file, where nobody is named.
_USUAL = ("command line", "owner")


class Desk(NamedTuple):
    """The store, SMS upon it, and the instant at which the command happens. `by`: who does it, and the role."""

    store: "Keeping"
    sms: "Sms | RemoteSms"
    at: datetime
    by: tuple[str, str]

    @property
    def role(self) -> str:
        """The role of who does it."""
        return self.by[1]

    def number(self, text: str) -> str:
        """A number as it was typed, in E.164. Raises `typer.BadParameter` where it can be none."""
        from segql.runtime.store.phones import read_number

        number = read_number(text, self.store.catalog.account.country)
        if not number.valid:
            raise typer.BadParameter(f"{text!r} cannot be a phone number: write it as +16175550123")
        return number.text

    def picture(self, said: str | None) -> str | None:
        """The address of a picture: as it was given, or of a file that is added to the account's pictures. Raises
        `typer.BadParameter` where there is no such file."""
        if said is None or said.startswith(("https://", "http://")):
            return said
        try:
            content = Path(said).read_bytes()
        except OSError as error:
            raise typer.BadParameter(
                f"{said} cannot be read: {error.strerror}", param_hint="--picture"
            ) from error
        return self.sms.outbound.add_picture(*self.by, content)


@contextmanager
def open_desk(
    place: str, as_of: str | None, actor: str | None = None, role: str | None = None
) -> Iterator[Desk]:
    """The desk of a command, in a file or at a server, closed at its end."""
    if not is_server(place):
        with open_sms(place, as_of) as (store, sms, at):
            yield Desk(store, sms, at, (actor or _USUAL[0], role or _USUAL[1]))
        return
    import segql
    from segql.runtime.remote import refuse_actor, refuse_instant
    from segql.sms.remote.module import RemoteSms

    with segql.connect(place) as store:
        at = instant(as_of, store.catalog.account.timezone)
        refuse_instant(None if as_of is None else at)
        refuse_actor(actor or role)
        yield Desk(store, RemoteSms(store.server), at, ("", ""))


@contextmanager
def open_sms(
    place: str, as_of: str | None, instead: str = "", mail: "MailServer | None" = None
) -> "Iterator[tuple[Store, Sms, datetime]]":
    """The store's file, SMS upon it with the simulated carrier, and the instant at which a command happens; closed at its
    end. `instead`: what to do where the store is behind a server."""
    import segql
    from segql.sms import Sms
    from segql.sms.carriers.simulated import SimulatedCarrier, memory_beside

    path = file_of(place, instead)
    with segql.open(path) as store:
        at = instant(as_of, store.catalog.account.timezone)
        with (
            closing(SimulatedCarrier(path=memory_beside(path))) as carrier,
            closing(Sms(store, carrier, clock=lambda: at, mail=mail)) as sms,
        ):
            yield store, sms, at
