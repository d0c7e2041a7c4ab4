"""The command `segql sms`: its commands put together."""

import typer

from segql.cli.sms.account import credits, settings, setup
from segql.cli.sms.campaigns import advance, advice, preview, report, schedule, send, why
from segql.cli.sms.conversations import changes, decide, inbox, move, reply, responses, thread
from segql.cli.sms.customers import click, consent, simulate, subscribe
from segql.cli.sms.flows import coupons, flow, unsubscribe
from segql.cli.sms.mail import forward
from segql.cli.sms.numbers import audit, keywords, numbers
from segql.cli.sms.running import cancel, pause, progress, resume


def add_to(app: typer.Typer) -> None:
    """Add the commands, under `sms`."""
    sms = typer.Typer(
        help="Text segments through the gates: set up, preview, send, and see what comes back.",
        no_args_is_help=True,
    )
    for command in (
        setup,
        settings,
        numbers,
        keywords,
        audit,
        credits,
        preview,
        send,
        schedule,
        flow,
        coupons,
        advance,
        progress,
        pause,
        resume,
        cancel,
        report,
        why,
        advice,
        simulate,
        click,
        unsubscribe,
        inbox,
        thread,
        reply,
        decide,
        move,
        responses,
        changes,
        forward,
        consent,
        subscribe,
    ):
        sms.command()(command)
    app.add_typer(sms, name="sms")
