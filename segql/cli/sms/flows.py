"""Commands about flows and what texts are made of: flow, coupons; and the button of a link to unsubscribe."""

import re
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    StoreFileOption,
    StoreOption,
    condition_text,
    read_text,
)
from segql.cli.output import write, write_error, write_json
from segql.cli.sms.campaigns import TextOption, TransactionalOption
from segql.cli.sms.desk import ActorOption, CampaignArgument, PictureOption, RoleOption, open_desk, open_sms

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def flow(
    name: CampaignArgument,
    text: TextOption,
    event: Annotated[str | None, typer.Option("--event", help="An event sets it off.")] = None,
    segment: Annotated[
        str | None, typer.Option("--segment", help="Entering this stored segment sets it off.")
    ] = None,
    word: Annotated[str | None, typer.Option("--word", help="Texting this word sets it off.")] = None,
    delay: Annotated[str, typer.Option("--delay", help="The text leaves so much later: 30m, 2h, 3d.")] = "0s",
    only: Annotated[
        str | None,
        typer.Option(
            "--only", metavar="COND", help="Only who then fulfils this condition, or is in this segment."
        ),
    ] = None,
    again: Annotated[
        str | None, typer.Option("--again", help="Again for the same person after so much. [default: once]")
    ] = None,
    transactional: TransactionalOption = False,
    picture: PictureOption = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Save a flow: something that people do sets off a text. Saved again it is changed.

    Example: segql sms flow "Thanks" --event "Placed Order" --delay 2h --text "Thank you. It is on its way."
    """
    from segql.sms import Flow

    saying = Flow(
        name,
        text,
        event=event,
        segment=segment,
        word=word,
        delay=_length(delay, "--delay"),
        only=None if only is None else condition_text(only)[0],
        again_after=None if again is None else _length(again, "--again"),
        transactional=transactional,
    )
    with open_desk(store, as_of, actor, role) as desk:
        shown = replace(saying, picture=desk.picture(picture))
        saved = desk.sms.outbound.save_flow(*desk.by, shown)
    if as_json:
        write_json(asdict(saved))
        return
    write(f"{saved.name} is {'saved, and runs' if saved.is_new else 'changed'}")
    for warning in saved.warnings:
        write_error(f"warning: {warning}")


def coupons(
    pool: Annotated[str | None, typer.Argument(metavar="[POOL]", help="The pool to add codes to.")] = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A text file with a code in each line.")
    ] = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the pools of codes, or add codes to one. Texts take them with {{ coupon("POOL") }}.

    Example: segql sms coupons Spring codes.txt
    """
    if (pool is None) != (file is None):
        raise typer.BadParameter("name a pool and a file, or neither")
    with open_desk(store, as_of, actor, role) as desk:
        if pool is not None and file is not None:
            codes = [line for line in read_text(file).splitlines() if line.strip()]
            found = [desk.sms.outbound.add_coupons(*desk.by, pool, codes)]
        else:
            found = desk.sms.outbound.coupons()
    if as_json:
        write_json({"pools": [asdict(one) for one in found]})
        return
    for one in found:
        write(f"{one.name}: {one.free:,} free, {one.reserved:,} reserved, {one.used:,} used")
        for code, reason in one.refused:
            write_error(f"warning: {code} was not added: {reason}")
    if not found:
        write("no pools")


def unsubscribe(
    link: Annotated[str, typer.Argument(metavar="LINK", help="The link of a text, or its code.")],
    store: StoreFileOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Press the button behind a link made by {{ unsubscribe_link() }}. Following the link changes nothing.

    Example: segql sms unsubscribe https://links.example.com/ie4zscee
    """
    with open_sms(store, as_of, "Follow the link, and press the button itself.") as (_, sms, _):
        number = sms.outbound.unsubscribe(link.rstrip("/").rpartition("/")[2])
    if as_json:
        write_json({"number": number})
    else:
        write(f"{number} is unsubscribed")


def _length(text: str, option: str) -> timedelta:
    """A length of time as it was typed."""
    found = re.fullmatch(r"(\d{1,6})\s*([smhd])", text.strip())
    if not found:
        raise typer.BadParameter(f"{text!r} is no length of time: write 30m, 2h or 3d", param_hint=option)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
