"""Commands about customers: a simulated phone to text and click with, their consent."""

from dataclasses import asdict
from typing import Annotated

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreFileOption, StoreOption
from segql.cli.output import write, write_json
from segql.cli.sms.desk import ActorOption, RoleOption, open_desk, open_sms


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
    with open_desk(store, as_of) as desk:
        exchange = desk.sms.text_from_phone(desk.number(sender), text)
    if as_json:
        write_json(asdict(exchange))
        return
    for answer in exchange.answers:
        write(answer)
    if exchange.inbox == "review":
        write("in the inbox: it may be an opt-out, and marketing waits until somebody decides")
    elif exchange.inbox:
        write("in the inbox")
    elif not exchange.answers:
        write("no answer")


def click(
    link: Annotated[str, typer.Argument(metavar="LINK", help="A short link of a text, or its code.")],
    agent: Annotated[
        str, typer.Option("--agent", help="What the program that follows it calls itself.")
    ] = "",
    store: StoreFileOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow a short link, as its recipient's phone does. `segql sms why` shows a recipient's text with it.

    Example: segql sms click https://links.example.com/ie4zscee
    """
    with open_sms(store, as_of, "Follow the link itself.") as (_, sms, _):
        found = sms.click(link.rstrip("/").rpartition("/")[2], agent=agent)
    if as_json:
        write_json(found._asdict())
    else:
        write(found.url or "the page to unsubscribe: `segql sms unsubscribe` is its button")


def consent(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As +16175550123.")],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether a number has consented to marketing texts.

    Example: segql sms consent +16175550123
    """
    with open_desk(store, as_of) as desk:
        address = desk.number(number)
        status = desk.sms.inbound.consent(address) or "never subscribed"
    if as_json:
        write_json({"number": address, "marketing": status})
    else:
        write(f"{address}: {status}")


def subscribe(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As +16175550123.")],
    method: Annotated[str, typer.Option("--method", help="How the person agreed: form, paper, telephone.")],
    detail: Annotated[str | None, typer.Option("--detail", help="Which form, for the log.")] = None,
    double: Annotated[
        bool, typer.Option("--double", help="Ask the number to confirm with YES first.")
    ] = False,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Subscribe a number whose owner agreed elsewhere. For many numbers: segql import consents.

    Example: segql sms subscribe +16175550123 --method form --double
    """
    with open_desk(store, as_of, actor, role) as desk:
        address = desk.number(number)
        done = desk.sms.inbound.subscribe(*desk.by, address, method=method, detail=detail, double=double)
    if as_json:
        write_json({"number": address, "subscribed": done})
    else:
        write(f"{address}: {'subscribed' if done else 'asked to confirm'}")
