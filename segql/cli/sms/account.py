"""Commands about SMS itself: setup, settings, credits."""

from dataclasses import asdict
from typing import Annotated

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreOption
from segql.cli.output import write, write_error, write_json
from segql.cli.sms.desk import ActorOption, RoleOption, open_desk


def setup(
    countries: Annotated[
        str, typer.Option("--countries", help="Countries to text, with commas. [default: the account's]")
    ] = "",
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A setting; see `segql sms settings`. May be repeated."
        ),
    ] = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn SMS on: a sending number and 50 free messages. A second time changes nothing.

    Example: segql sms setup --countries US,CA --set prefix=Acme
    """
    asked = tuple(country.strip().upper() for country in countries.split(",") if country.strip())
    with open_desk(store, as_of, actor, role) as desk:
        done = desk.sms.setup(*desk.by, countries=asked, changes=_changes(changes or []))
        warnings = desk.sms.settings().warnings
    if as_json:
        write_json(asdict(done))
        return
    write("SMS was set up before, nothing was changed" if done.already else "SMS is set up")
    write(f"{done.number} ({done.kind.replace('_', '-')}) texts {', '.join(done.countries)}")
    _warn(warnings)


def settings(
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="What to change.")
    ] = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the settings, or change some: all of them or none.

    Example: segql sms settings smart_sending_hours=12 frequency_cap=none
    """
    with open_desk(store, as_of, actor, role) as desk:
        if changes:
            desk.sms.change_settings(*desk.by, _changes(changes))
        now = desk.sms.settings()
    if as_json:
        write_json(now.model_dump(mode="json"))
        return
    _warn(now.warnings)
    from segql.cli.sms.output import settings_block, write_block

    write_block(settings_block(now))


def credits(
    add: Annotated[int | None, typer.Option("--add", help="Buy so many.")] = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the credits that are left, or add some.

    Example: segql sms credits --add 1000
    """
    with open_desk(store, as_of, actor, role) as desk:
        left = desk.sms.balance() if add is None else desk.sms.add_credits(*desk.by, add)
    if as_json:
        write_json(asdict(left))
    else:
        write(f"{left.credits:,} credits, {left.trial_messages:,} free messages of the trial")


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        write_error(f"warning: {warning}")


def _changes(assignments: list[str]) -> dict[str, str | None]:
    """Settings as they were typed. "none" is no value; the settings say whether that is one."""
    changes: dict[str, str | None] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise typer.BadParameter(f"{assignment!r}: write NAME=VALUE, for instance prefix=Acme")
        changes[name.strip()] = None if value.strip().casefold() == "none" else value
    return changes
