"""The commands `segql sms ...`: texts to segments, without a browser, through the simulated carrier."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    StoreOption,
    condition_text,
    instant,
    opened,
)
from segql.cli.output import write, write_error, write_json

if TYPE_CHECKING:
    from segql.runtime.api import Store
    from segql.sms import Campaign, Sms
    from segql.sms.carriers.simulated import SimulatedCarrier

ActorOption = Annotated[str, typer.Option("--actor", help="Who does it, for the log.")]
RoleOption = Annotated[str, typer.Option("--role", help="The actor's role: owner, admin, manager, analyst.")]
CampaignArgument = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="The campaign's name.")]
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
DEFAULT_ACTOR = "command line"


class Desk(NamedTuple):
    """What a command works with: the open store, SMS upon it, and the instant at which it happens."""

    store: "Store"
    sms: "Sms"
    carrier: "SimulatedCarrier"
    at: datetime


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file, under `sms`."""
    sms = typer.Typer(
        help="Text segments through the gates: set up, preview, send, and see what comes back.",
        no_args_is_help=True,
    )
    for command in (
        setup,
        settings,
        credits,
        preview,
        send,
        advance,
        simulate,
        click,
        inbox,
        consent,
        report,
        why,
    ):
        sms.command()(command)
    app.add_typer(sms, name="sms")


@contextmanager
def _desk(path: Path, as_of: str | None) -> Iterator[Desk]:
    from segql.sms import Sms
    from segql.sms.carriers.simulated import SimulatedCarrier

    with opened(path) as store:
        at = instant(as_of, store.catalog.account.timezone)
        with (
            closing(SimulatedCarrier(path=path.with_name(f"{path.name}.carrier"))) as carrier,
            closing(Sms(store, carrier, clock=lambda: at)) as sms,
        ):
            yield Desk(store, sms, carrier, at)


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
    actor: ActorOption = DEFAULT_ACTOR,
    role: RoleOption = "owner",
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn SMS on: a sending number and 50 free messages. A second time changes nothing.

    Example: segql sms setup --countries US,CA --set prefix=Acme
    """
    asked = tuple(country.strip().upper() for country in countries.split(",") if country.strip())
    with _desk(store, as_of) as desk:
        done = desk.sms.setup(actor, role, countries=asked, changes=_changes(changes or []))
        has_prefix = bool(desk.sms.settings().prefix)
    if as_json:
        write_json(asdict(done))
        return
    write("SMS was set up before, nothing was changed" if done.already else "SMS is set up")
    write(f"{done.number} ({done.kind.replace('_', '-')}) texts {', '.join(done.countries)}")
    if not has_prefix:
        write_error(
            "warning: without a prefix people do not know whom a text is from: segql sms settings prefix=..."
        )


def settings(
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="What to change.")
    ] = None,
    actor: ActorOption = DEFAULT_ACTOR,
    role: RoleOption = "owner",
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the settings, or change some: all of them or none.

    Example: segql sms settings smart_sending_hours=12 frequency_cap=none
    """
    with _desk(store, as_of) as desk:
        if changes:
            desk.sms.change_settings(actor, role, _changes(changes))
        now = desk.sms.settings()
    if as_json:
        write_json(now.model_dump(mode="json"))
        return
    from segql.cli.sms_output import settings_block, write_block

    write_block(settings_block(now))


def credits(
    add: Annotated[int | None, typer.Option("--add", help="Buy so many.")] = None,
    actor: ActorOption = DEFAULT_ACTOR,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the credits that are left, or add some.

    Example: segql sms credits --add 1000
    """
    with _desk(store, as_of) as desk:
        left = desk.sms.balance() if add is None else desk.sms.add_credits(add, actor)
    if as_json:
        write_json(asdict(left))
    else:
        write(f"{left.credits:,} credits, {left.trial_messages:,} free messages of the trial")


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
    with _desk(store, as_of) as desk:
        found = desk.sms.preview(_campaign(name, to, exclude, text, transactional))
    if as_json:
        write_json(asdict(found))
        return
    from segql.cli.sms_output import preview_block, write_block

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
    with _desk(store, as_of) as desk:
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
    with _desk(store, as_of) as desk:
        zone = desk.store.catalog.account.timezone
        handed = desk.sms.advance(since=None if since is None else instant(since, zone))
    if as_json:
        write_json({"handed_over": handed})
    else:
        write(f"{handed:,} texts handed over")


def simulate(
    sender: Annotated[str, typer.Argument(metavar="FROM", help="The phone's number, as +16175550123.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What it texts.")],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Text the shop from a simulated phone, and show what comes back to it.

    Example: segql sms simulate +16175550123 JOIN
    """
    with _desk(store, as_of) as desk:
        desk.sms.settings()  # where SMS is off no phone can reach it
        number = _number(sender, desk)
        seen = len(desk.carrier.taken())
        desk.carrier.text(number, text, desk.at)
        desk.sms.advance()
        answers = [one.body for one in desk.carrier.taken()[seen:] if one.number == number]
        waiting = [one for one in desk.sms.inbox(1) if (one.sender, one.body) == (number, text)]
    if as_json:
        write_json({"from": number, "answers": answers, "inbox": waiting[0].meaning if waiting else None})
        return
    for answer in answers:
        write(answer)
    if waiting:
        is_review = waiting[0].meaning == "review"
        write(
            "in the inbox"
            + (": it may be an opt-out, marketing waits until somebody decides" if is_review else "")
        )
    elif not answers:
        write("no answer")


def click(
    link: Annotated[str, typer.Argument(metavar="LINK", help="A short link of a text, or its code.")],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow a short link, as its recipient's phone does. `segql sms why` shows a recipient's text with it.

    Example: segql sms click https://links.example.com/ie4zscee
    """
    with _desk(store, as_of) as desk:
        url = desk.sms.click(link.rstrip("/").rpartition("/")[2])
    if as_json:
        write_json({"url": url})
    else:
        write(url)


def inbox(
    unsubscribe: Annotated[
        str | None, typer.Option("--unsubscribe", metavar="NUMBER", help="Its text was an opt-out.")
    ] = None,
    dismiss: Annotated[
        str | None, typer.Option("--dismiss", metavar="NUMBER", help="Its text was no opt-out.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many texts.")] = 10,
    actor: ActorOption = DEFAULT_ACTOR,
    role: RoleOption = "owner",
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show customers' texts, newest first, or decide about one that may be an opt-out.

    Example: segql sms inbox --unsubscribe +16175550123
    """
    with _desk(store, as_of) as desk:
        if unsubscribe is not None:
            desk.sms.decide(actor, role, _number(unsubscribe, desk), "unsubscribed")
        if dismiss is not None:
            desk.sms.decide(actor, role, _number(dismiss, desk), "dismissed")
        found = desk.sms.inbox(limit)
        zone = desk.store.catalog.account.timezone
    if as_json:
        write_json({"texts": [asdict(text) for text in found]})
        return
    from segql.cli.sms_output import inbox_block, write_block

    write_block(inbox_block(found, zone) if found else "no texts")


def consent(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As +16175550123.")],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether a number has consented to marketing texts.

    Example: segql sms consent +16175550123
    """
    from segql.sms.consent import status_of

    with _desk(store, as_of) as desk, desk.store.database.cursor() as cursor:
        address = _number(number, desk)
        status = status_of(cursor, address, desk.at) or "never subscribed"
    if as_json:
        write_json({"number": address, "marketing": status})
    else:
        write(f"{address}: {status}")


def report(
    name: CampaignArgument,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Report what became of a campaign: receipts, clicks, orders, cost.

    Example: segql sms report "Sale"
    """
    with _desk(store, as_of) as desk:
        found = desk.sms.report(name)
        currency = desk.store.catalog.account.currency
    if as_json:
        write_json({**asdict(found), "currency": currency})
        return
    from segql.cli.sms_output import report_block, write_block

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
    with _desk(store, as_of) as desk:
        outcome = desk.sms.why(name, profile)
    if as_json:
        write_json(asdict(outcome))
        return
    write(outcome.state if outcome.words == outcome.state else f"{outcome.state}: {outcome.words}")
    if outcome.text:
        write(outcome.text)


def _campaign(
    name: str, to: list[str], exclude: list[str] | None, text: str, transactional: bool
) -> "Campaign":
    from segql.sms import Campaign

    include = tuple(condition_text(argument)[0] for argument in to)
    without = tuple(condition_text(argument)[0] for argument in exclude or [])
    return Campaign(name, include, text, without, transactional)


def _changes(assignments: list[str]) -> dict[str, str | None]:
    """Settings as they were typed. "none" is no value; the settings say whether that is one."""
    changes: dict[str, str | None] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise typer.BadParameter(f"{assignment!r}: write NAME=VALUE, for instance prefix=Acme")
        changes[name.strip()] = None if value.strip().casefold() == "none" else value
    return changes


def _number(text: str, desk: Desk) -> str:
    from segql.runtime.store.phones import read_number

    number = read_number(text, desk.store.catalog.account.country)
    if not number.valid:
        raise typer.BadParameter(f"{text!r} cannot be a phone number: write it as +16175550123")
    return number.text
