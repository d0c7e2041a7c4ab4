"""Commands about conversations: the inbox, a thread, answers, decisions, the archive, how fast customers are answered."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Literal

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreOption
from segql.cli.output import write, write_json
from segql.cli.sms.desk import ActorOption, NumberArgument, PictureOption, RoleOption, open_desk


def inbox(
    box: Annotated[
        Literal["inbox", "archive", "blocked"], typer.Option("--box", help="inbox, archive or blocked.")
    ] = "inbox",
    unread: Annotated[bool, typer.Option("--unread", help="Only what nobody has read.")] = False,
    search: Annotated[str, typer.Option("--search", help="A name, a number, or words of either side.")] = "",
    before: Annotated[
        int | None, typer.Option("--before", help="Older ones: the place of the last that was shown.")
    ] = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show conversations, newest text first, ten at a time.

    Example: segql sms inbox --unread --search coats
    """
    with open_desk(store, as_of, role=role) as desk:
        found = desk.sms.conversations.list(desk.role, box=box, unread=unread, search=search, before=before)
        zone, at = desk.store.catalog.account.timezone, desk.at
    if as_json:
        write_json({"conversations": [asdict(each) for each in found]})
        return
    from segql.cli.sms.output import write_block
    from segql.cli.sms.threads import inbox_block

    write_block(inbox_block(found, zone, at) if found else "no conversations")


def thread(
    number: NumberArgument,
    before: Annotated[
        str | None, typer.Option("--before", help="Older messages: the place of the first that was shown.")
    ] = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show everything that was said with a number, its last fifty messages. Without --before it is read by that.

    Example: segql sms thread +16175550123
    """
    with open_desk(store, as_of, role=role) as desk:
        address, talks = desk.number(number), desk.sms.conversations
        found = talks.open(desk.role, address) if before is None else talks.older(desk.role, address, before)
        zone = desk.store.catalog.account.timezone
    if as_json:
        write_json(asdict(found))
        return
    from segql.cli.sms.output import write_block
    from segql.cli.sms.threads import thread_block

    write_block(thread_block(found, zone))


def reply(
    number: NumberArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to answer.")],
    seen: Annotated[
        int | None,
        typer.Option(
            "--seen", help="The newest text that you have seen, as `thread` says. [default: what was read]"
        ),
    ] = None,
    at_night: Annotated[
        bool, typer.Option("--at-night", help="Answer now, though it is night where they are.")
    ] = False,
    coupon: Annotated[
        str | None, typer.Option("--coupon", help="Put the next code of this pool behind it.")
    ] = None,
    picture: PictureOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would cost; send nothing.")] = False,
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a customer. Refused where a text has come that nobody has read yet.

    Example: segql sms reply +16175550123 "They come in green, too."
    """
    from segql.sms.conversations.box import Answer

    with open_desk(store, as_of, actor, role) as desk:
        address = desk.number(number)
        read = desk.sms.conversations.read_to(desk.role, address) if seen is None else seen
        answer = Answer(text, read, at_night, coupon, desk.picture(picture))
        if dry_run:
            draft = desk.sms.conversations.draft(desk.role, address, answer)
        else:
            done = desk.sms.reply(*desk.by, address, answer)
    if as_json:
        write_json(asdict(draft if dry_run else done))
    elif dry_run:
        write(f"{draft.parts} parts, {draft.credits} credits")
        write(draft.box.reason or draft.box.night or "it can be sent")
    else:
        write(f"{done.state}{f': {done.reason}' if done.reason else ''}, {done.credits} credits")


def decide(
    number: NumberArgument,
    decision: Annotated[
        Literal["unsubscribe", "dismiss"],
        typer.Argument(metavar="DECISION", help="unsubscribe: it was an opt-out. dismiss: it was none."),
    ],
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide about a text that may be an opt-out. Marketing to the number waits until then.

    Example: segql sms decide +16175550123 unsubscribe
    """
    with open_desk(store, as_of, actor, role) as desk:
        address = desk.number(number)
        meant: Literal["unsubscribed", "dismissed"] = (
            "unsubscribed" if decision == "unsubscribe" else "dismissed"
        )
        desk.sms.conversations.decide(*desk.by, address, meant)
    if as_json:
        write_json({"number": address, "decision": meant})
    else:
        write(f"{address}: {meant}")


def move(
    number: NumberArgument,
    what: Annotated[
        Literal["archive", "unarchive", "block", "unblock"],
        typer.Argument(metavar="WHAT", help="archive, unarchive, block or unblock."),
    ],
    actor: ActorOption = None,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a conversation into the archive or back, or block a number, which gets nothing then.

    Example: segql sms move +16175550123 archive
    """
    with open_desk(store, as_of, actor, role) as desk:
        address, talks = desk.number(number), desk.sms.conversations
        match what:
            case "archive":
                talks.archive(desk.role, address)
            case "unarchive":
                talks.unarchive(desk.role, address)
            case "block":
                talks.block(*desk.by, address)
            case "unblock":
                talks.unblock(*desk.by, address)
    if as_json:
        write_json({"number": address, "done": what})
    else:
        write(f"{address}: {what}ed" if what.endswith("k") else f"{address}: {what}d")


def responses(
    days: Annotated[int, typer.Option("--days", min=1, help="Of the last so many days.")] = 30,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how fast customers were answered, and who waits.

    Example: segql sms responses --days 7
    """
    with open_desk(store, as_of, role=role) as desk:
        found = desk.sms.conversations.response_times(desk.role, desk.at - timedelta(days=days))
        at = desk.at
    if as_json:
        write_json(asdict(found))
        return
    from segql.cli.sms.threads import length

    if found.median_seconds is None or found.within_hour is None:
        write("nobody was answered")
    else:
        median = length(timedelta(seconds=found.median_seconds))
        write(
            f"{found.answered} answered, half of them within {median}; {found.within_hour:.0%} within the hour"
        )
    longest = f", the longest {length(at - found.waiting_since)}" if found.waiting_since else ""
    write(f"{found.waiting} wait{longest}")


def changes(
    after: Annotated[int, typer.Option("--after", min=0, help="The last position that is known.")] = 0,
    role: RoleOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what changed in conversations behind a position, in order.

    Example: segql sms changes --after 120
    """
    with open_desk(store, as_of, role=role) as desk:
        found = desk.sms.conversations.changes(desk.role, after)
    if as_json:
        write_json({"changes": [asdict(entry) for entry in found]})
        return
    for entry in found:
        write(f"{entry.position}  {entry.at:%Y-%m-%d %H:%M:%S}Z  {entry.what}  {entry.number or '-'}")
