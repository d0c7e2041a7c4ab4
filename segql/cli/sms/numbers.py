"""Commands about sending numbers, custom keywords, and the log of changes."""

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreOption
from segql.cli.output import write, write_json
from segql.cli.sms.desk import ActorOption, RoleOption, open_desk
from segql.runtime.documents import instant_text


def numbers(
    request: Annotated[
        Literal["short_code", "toll_free", "long_code", "branded_sender_id"] | None,
        typer.Option("--request", help="Ask for a further number of this kind."),
    ] = None,
    countries: Annotated[str, typer.Option("--countries", help="What it is for, with commas.")] = "",
    name: Annotated[str | None, typer.Option("--name", help="The name of a branded sender.")] = None,
    activate: Annotated[
        int | None, typer.Option("--activate", metavar="ID", help="The request whose number is there.")
    ] = None,
    number: Annotated[str | None, typer.Option("--number", help="The number that the carrier gave.")] = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the sending numbers, ask for another, or take one into use.

    Example: segql sms numbers --request long_code --countries GB,IE
    """
    with open_desk(store, as_of, actor, role) as desk:
        if request is not None:
            asked = [country.strip().upper() for country in countries.split(",") if country.strip()]
            desk.sms.account.request_number(*desk.by, request, asked, name=name)
        if activate is not None:
            desk.sms.account.activate_number(*desk.by, activate, number)
        found = desk.sms.account.numbers()
    if as_json:
        write_json({"numbers": [asdict(each) for each in found]})
        return
    for each in found:
        which = each.number or f"request {each.request_id}"
        write(f"{which}  {each.kind.replace('_', '-')}  {', '.join(each.countries)}  {each.state}")


def keywords(
    save: Annotated[
        str | None, typer.Option("--save", metavar="WORD", help="Add or change this keyword.")
    ] = None,
    to_list: Annotated[str, typer.Option("--list", help="The list that it subscribes to.")] = "",
    double: Annotated[bool, typer.Option("--double", help="Ask to confirm with YES first.")] = False,
    reply: Annotated[
        str | None, typer.Option("--reply", help="A reply of its own; it costs credits.")
    ] = None,
    remove: Annotated[
        str | None, typer.Option("--remove", metavar="WORD", help="Remove this keyword.")
    ] = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the account's own keywords, add one, or remove one.

    Example: segql sms keywords --save COATS --list "Coat lovers" --double
    """
    with open_desk(store, as_of, actor, role) as desk:
        account = desk.sms.account
        if save is not None:
            opt_in: Literal["single", "double"] = "double" if double else "single"
            account.save_keyword(*desk.by, save, to_list, opt_in=opt_in, reply=reply)
        if remove is not None:
            account.remove_keyword(*desk.by, remove)
        found = account.keywords()
    if as_json:
        write_json({"keywords": [asdict(each) for each in found]})
        return
    for each in found:
        write(f"{each.word}  {each.list}  {each.opt_in} opt-in" + (f"  {each.reply}" if each.reply else ""))
    if not found:
        write("no keywords of the account's own")


def audit(
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many changes.")] = 20,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who changed what in the settings, keywords and numbers, newest first.

    Example: segql sms audit --limit 5
    """
    with open_desk(store, as_of) as desk:
        found = desk.sms.account.audit(limit)
    if as_json:
        write_json({"changes": [asdict(each) for each in found]})
        return
    for each in found:
        write(
            f"{instant_text(each.at)}  {each.actor} ({each.role})  {each.what}: {each.before!r} -> {each.after!r}"
        )
