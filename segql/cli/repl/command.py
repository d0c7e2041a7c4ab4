"""The command `repl`: a prompt on a terminal; in a pipe, one question a line."""

import sys

import typer

from segql.cli.options import DEFAULT_STORE, AsOfOption, StoreOption, reached
from segql.cli.output import write_error


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(repl)


def repl(store: StoreOption = DEFAULT_STORE, as_of: AsOfOption = None) -> None:
    """Ask one question after the other, with completion, history and mistakes shown while one types.

    Example: segql repl --store shop.duckdb
    """
    from segql.cli.repl.running import run
    from segql.cli.repl.session import Session

    with reached(store) as reached_store:
        session = Session(reached_store, as_of)
        if not sys.stdin.isatty():
            right = [run(session, line) for line in sys.stdin if not session.is_over]
            raise typer.Exit(0 if all(right) else 1)
        try:
            from segql.cli.repl.prompt import converse
        except ModuleNotFoundError as error:
            if error.name != "prompt_toolkit":
                raise
            write_error(
                "error: the prompt needs prompt_toolkit, which is not installed: pip install 'segql[repl]'"
            )
            raise typer.Exit(2) from error
        converse(session)
