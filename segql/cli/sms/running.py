"""Commands about what is under way: progress, pause, resume, cancel."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreOption
from segql.cli.output import write, write_json
from segql.cli.sms.desk import ActorOption, CampaignArgument, RoleOption, open_desk

if TYPE_CHECKING:
    from segql.sms.lifecycle import Progress


def progress(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A campaign or flow. [default: all of them]")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how far campaigns and flows have come, the newest first.

    Example: segql sms progress "Sale"
    """
    with open_desk(store, as_of) as desk:
        outbound = desk.sms.outbound
        found = outbound.all_progress() if name is None else [outbound.progress(name)]
        zone = desk.store.catalog.account.timezone
    if as_json:
        write_json({"campaigns": [asdict(one) for one in found]})
        return
    from segql.cli.sms.blocks import progress_block
    from segql.cli.sms.output import write_block

    write_block(progress_block(found, zone) if found else "no campaigns and no flows")


def pause(
    name: CampaignArgument,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let nothing more of a campaign or flow leave, until it is resumed.

    Example: segql sms pause "Sale"
    """
    with open_desk(store, as_of, actor, role) as desk:
        _tell(desk.sms.outbound.pause(*desk.by, name), as_json=as_json)


def resume(
    name: CampaignArgument,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a campaign or flow go on that was paused, or stopped by a fault.

    Example: segql sms resume "Sale"
    """
    with open_desk(store, as_of, actor, role) as desk:
        _tell(desk.sms.outbound.resume(*desk.by, name), as_json=as_json)


def cancel(
    name: CampaignArgument,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a campaign or flow: nobody who still waits is texted.

    Example: segql sms cancel "Sale"
    """
    with open_desk(store, as_of, actor, role) as desk:
        _tell(desk.sms.outbound.cancel(*desk.by, name), as_json=as_json)


def _tell(found: "Progress", *, as_json: bool) -> None:
    if as_json:
        write_json(asdict(found))
        return
    waiting = found.states["held"] + found.states["queued"]
    write(f"{found.name} is {found.status}, {waiting:,} wait")
