"""The command `segql`: its parts put together, and the edge at which every error becomes a message and an exit code.

Exit codes: 0 done, 1 the input is wrong, 2 wrong use.
"""

import os
import sys

import typer

from segql.cli import (
    code,
    convert,
    definitions,
    imports,
    lsp,
    people,
    predict,
    questions,
    refresh,
    segments,
    serve,
)
from segql.cli.demo import command as demo
from segql.cli.failures import write_failure
from segql.cli.output import write_error
from segql.cli.repl import command as repl
from segql.cli.sms import commands as sms

app = typer.Typer(
    name="segql",
    help="Say whom you mean, and get fast SQL and gated SMS audiences.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
definitions.add_to(app)
code.add_to(app)
convert.add_to(app)
questions.add_to(app)
segments.add_to(app)
imports.add_to(app)
people.add_to(app)
predict.add_to(app)
refresh.add_to(app)
repl.add_to(app)
serve.add_to(app)
lsp.add_to(app)
sms.add_to(app)
demo.add_to(app)


def run() -> None:
    """Run the command line; never shows a traceback unless SEGQL_TRACEBACK is set."""
    try:
        app()
    except KeyboardInterrupt:
        write_error("stopped")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of the pipe has enough; say nothing, and let nothing be flushed into it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("SEGQL_TRACEBACK"):
            raise
        sys.exit(write_failure(error))
