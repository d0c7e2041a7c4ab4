"""Commands about campaigns: preview, send, advance, report, why."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreOption, condition_text, instant
from segql.cli.output import write, write_json
from segql.cli.sms.desk import CampaignArgument, open_desk

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
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a campaign would do, gate by gate, what it would cost, and how it would look. Sends nothing.

    Example: segql sms preview "Sale" --to "SMS VIPs" --except 'in list "Staff"' --text "It has begun."
    """
    with open_desk(store, as_of) as desk:
        found = desk.sms.preview(_campaign(name, to, exclude, text, transactional))
    if as_json:
        write_json(asdict(found))
        return
    from segql.cli.sms.output import preview_block, write_block

    write_block(preview_block(found))


def send(
    name: CampaignArgument,
    to: ToOption,
    text: TextOption,
    exclude: ExceptOption = None,
    transactional: TransactionalOption = False,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a campaign through the gates. However often it is sent, nobody gets it twice.

    Example: segql sms send "Sale" --to "SMS VIPs" --text "It has begun: {{ link('https://shop.example') }}"
    """
    with open_desk(store, as_of) as desk:
        sent = desk.sms.send(_campaign(name, to, exclude, text, transactional))
        states = desk.sms.report(name).states
    if as_json:
        write_json({**asdict(sent), "states": states})
        return
    write(f"{sent.handed_over:,} texts handed over, {states['skipped']:,} people skipped")
    if waiting := states["held"] + states["queued"]:
        write(f"{waiting:,} wait for their time: `segql sms advance` hands them over then")


def advance(
    since: Annotated[
        str | None,
        typer.Option("--since", help="Let time pass from this instant, stopping at each message due."),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take receipts and texts from the carrier, and hand over what is due.

    Example: segql sms advance
    """
    with open_desk(store, as_of) as desk:
        zone = desk.store.catalog.account.timezone
        handed = desk.sms.advance(since=None if since is None else instant(since, zone))
    if as_json:
        write_json({"handed_over": handed})
    else:
        write(f"{handed:,} texts handed over")


def report(
    name: CampaignArgument,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report what became of a campaign: receipts, clicks, orders, cost.

    Example: segql sms report "Sale"
    """
    with open_desk(store, as_of) as desk:
        found = desk.sms.report(name)
        currency = desk.store.catalog.account.currency
    if as_json:
        write_json({**asdict(found), "currency": currency})
        return
    from segql.cli.sms.output import report_block, write_block

    write_block(report_block(found, currency))


def why(
    name: CampaignArgument,
    profile: Annotated[str, typer.Argument(metavar="WHO", help="An external id, e-mail address or number.")],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why somebody got a campaign's text, or did not.

    Example: segql sms why "Sale" ada@example.com
    """
    with open_desk(store, as_of) as desk:
        outcome = desk.sms.why(name, profile)
    if as_json:
        write_json(asdict(outcome))
        return
    write(outcome.state if outcome.words == outcome.state else f"{outcome.state}: {outcome.words}")
    if outcome.text:
        from segql.cli.sms.output import harmless

        write(harmless(outcome.text))


def _campaign(
    name: str, to: list[str], exclude: list[str] | None, text: str, transactional: bool
) -> "Campaign":
    from segql.sms import Campaign

    include = tuple(condition_text(argument)[0] for argument in to)
    without = tuple(condition_text(argument)[0] for argument in exclude or [])
    return Campaign(name, include, text, without, transactional)
