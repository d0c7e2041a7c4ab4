"""The command that mails texts which are no keywords."""

from typing import Annotated

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, JsonOption, StoreFileOption
from segql.cli.output import write, write_json
from segql.cli.sms.desk import open_sms


def forward(
    server: Annotated[
        str,
        typer.Option(
            "--server",
            envvar="SEGQL_MAIL_SERVER",
            help="smtp://user:password@host:port, smtps:// for TLS from the start, smtp+plain:// without any.",
        ),
    ],
    sender: Annotated[
        str, typer.Option("--from", envvar="SEGQL_MAIL_FROM", help="The address that the mails are from.")
    ],
    store: StoreFileOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mail the texts that wait to be forwarded; the setting forward_to says where. What fails is tried again later.

    Example: segql sms forward --server smtp://mail.example.com --from texts@example.com
    """
    from segql.sms.mail import SmtpServer

    try:
        mail = SmtpServer.from_address(server, sender)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--server") from error
    with open_sms(store, as_of, "A server mails them by itself.", mail) as (_, sms, _):
        sent, waiting = sms.inbound.forward(), sms.inbound.waiting()
    if as_json:
        write_json({"sent": sent, "waiting": waiting})
    else:
        write(f"{sent} sent, {waiting} wait")
