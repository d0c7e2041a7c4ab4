"""Commands about campaigns: preview, send, schedule, advance, report, why, advice."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    StoreFileOption,
    StoreOption,
    condition_text,
    instant,
)
from segql.cli.output import write, write_json
from segql.cli.sms.desk import ActorOption, CampaignArgument, PictureOption, RoleOption, open_desk, open_sms

if TYPE_CHECKING:
    from segql.sms import Campaign

ToOption = Annotated[
    list[str],
    typer.Option(
        "--to", metavar="COND", help="Whom to text: a condition, @FILE or a segment. May be repeated."
    ),
]
ExceptOption = Annotated[
    list[str] | None, typer.Option("--except", metavar="COND", help="Whom not to text. May be repeated.")
]
TextOption = Annotated[
    str,
    typer.Option("--text", help="The text: {{ first_name | default('there') }}, {{ link('https://...') }}."),
]
TransactionalOption = Annotated[
    bool, typer.Option("--transactional", help="About an order or an account, and no marketing.")
]


def preview(
    name: CampaignArgument,
    to: ToOption,
    text: TextOption,
    exclude: ExceptOption = None,
    transactional: TransactionalOption = False,
    picture: PictureOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a campaign would do, gate by gate, what it would cost, and how it would look. Sends nothing.

    Example: segql sms preview "Sale" --to "SMS VIPs" --except 'in list "Staff"' --text "It has begun."
    """
    with open_desk(store, as_of) as desk:
        found = desk.sms.preview(_campaign(name, to, exclude, text, transactional, desk.picture(picture)))
    if as_json:
        write_json(asdict(found))
        return
    from segql.cli.sms.blocks import plainer_block
    from segql.cli.sms.output import preview_block, write_block

    write_block(preview_block(found))
    if found.costly:
        write_block(plainer_block(found))


def send(
    name: CampaignArgument,
    to: ToOption,
    text: TextOption,
    exclude: ExceptOption = None,
    transactional: TransactionalOption = False,
    picture: PictureOption = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a campaign through the gates. However often it is sent, nobody gets it twice.

    Example: segql sms send "Sale" --to "SMS VIPs" --text "It has begun: {{ link('https://shop.example') }}"
    """
    with open_desk(store, as_of, actor, role) as desk:
        sent = desk.sms.send(
            *desk.by, _campaign(name, to, exclude, text, transactional, desk.picture(picture))
        )
        states = desk.sms.report(name).states
    if as_json:
        write_json({**asdict(sent), "states": states})
        return
    write(f"{sent.handed_over:,} texts handed over, {states['skipped']:,} people skipped")
    if waiting := states["held"] + states["queued"]:
        write(
            f"{waiting:,} wait for their time: `segql sms advance` hands them over then, a server does it by itself"
        )


def schedule(
    name: CampaignArgument,
    to: ToOption,
    text: TextOption,
    when: Annotated[str, typer.Option("--when", help="2026-06-02 10:00, in the account's time zone.")],
    local: Annotated[
        bool, typer.Option("--local", help="At that time of each recipient's own clock.")
    ] = False,
    exclude: ExceptOption = None,
    transactional: TransactionalOption = False,
    picture: PictureOption = None,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a campaign at a time to come. Its audience is taken then; `segql sms advance` does it when the time has come.

    Example: segql sms schedule "Sale" --to "SMS VIPs" --text "It has begun." --when "2026-06-02 10:00" --local
    """
    with open_desk(store, as_of, actor, role) as desk:
        zone = desk.store.catalog.account.timezone
        at = instant(when, zone)
        starts_at = desk.sms.outbound.schedule(
            *desk.by,
            _campaign(name, to, exclude, text, transactional, desk.picture(picture)),
            at.replace(tzinfo=None) if local else at,
        )
    if as_json:
        write_json({"campaign": name, "starts_at": starts_at})
    else:
        write(f"{name} starts at {starts_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}")


def advance(
    since: Annotated[
        str | None,
        typer.Option("--since", help="Let time pass from this instant, stopping at each message due."),
    ] = None,
    store: StoreFileOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take receipts and texts from the carrier, and hand over what is due.

    Example: segql sms advance
    """
    with open_sms(store, as_of, "A server hands over what is due by itself.") as (kept, sms, _):
        zone = kept.catalog.account.timezone
        handed = sms.advance(since=None if since is None else instant(since, zone))
    if as_json:
        write_json({"handed_over": handed})
    else:
        write(f"{handed:,} texts handed over")


def report(
    name: CampaignArgument,
    by_day: Annotated[bool, typer.Option("--days", help="Day by day.")] = False,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report what became of a campaign or flow: receipts, clicks, orders, cost.

    Example: segql sms report "Sale"
    """
    with open_desk(store, as_of) as desk:
        found = desk.sms.report(name)
        days = desk.sms.outbound.over_time(name) if by_day else None
        currency = desk.store.catalog.account.currency
    if as_json:
        more = {} if days is None else {"days": [asdict(day) for day in days]}
        write_json({**asdict(found), "currency": currency, **more})
        return
    from segql.cli.sms.blocks import days_block
    from segql.cli.sms.output import report_block, write_block

    write_block(report_block(found, currency) if days is None else days_block(days))


def why(
    name: CampaignArgument,
    profile: Annotated[str, typer.Argument(metavar="WHO", help="An external id, e-mail address or number.")],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why somebody got the text of a campaign or flow, or did not: every gate, state, receipt and click.

    Example: segql sms why "Sale" ada@example.com
    """
    with open_desk(store, as_of) as desk:
        outcome = desk.sms.why(name, profile)
        zone = desk.store.catalog.account.timezone
    if as_json:
        write_json(asdict(outcome))
        return
    write(outcome.state if outcome.words == outcome.state else f"{outcome.state}: {outcome.words}")
    if outcome.text:
        from segql.sms.harmless import harmless

        write(harmless(outcome.text))
    if outcome.steps:
        from segql.cli.sms.blocks import steps_block
        from segql.cli.sms.output import write_block

        write_block(steps_block(outcome, zone))


def advice(
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check six advices on getting texts received, each with figures of the account.

    Example: segql sms advice
    """
    with open_desk(store, as_of) as desk:
        desk.sms.settings()
        found = desk.sms.outbound.advices()
    if as_json:
        write_json({"advices": [asdict(one) for one in found]})
        return
    from segql.cli.sms.blocks import advices_block
    from segql.cli.sms.output import write_block

    write_block(advices_block(found))


def _campaign(
    name: str, to: list[str], exclude: list[str] | None, text: str, transactional: bool, picture: str | None
) -> "Campaign":
    from segql.sms import Campaign

    include = tuple(condition_text(argument)[0] for argument in to)
    without = tuple(condition_text(argument)[0] for argument in exclude or [])
    return Campaign(name, include, text, without, transactional, picture)
