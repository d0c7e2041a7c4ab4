"""Commands that ask a store: count, show, query."""

from typing import Annotated

import typer

from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    ConditionArgument,
    JsonOption,
    StoreOption,
    asked,
)
from segql.cli.output import instant_text, records, write, write_json, write_table


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (count, show, query):
        app.command()(command)


def count(
    condition: ConditionArgument,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count the people whom a condition means.

    Example: segql count 'did "Placed Order" at least 3 times in the last 90 days'
    """
    with asked(store, condition, as_of) as question:
        number = question.store.count_compiled(question.compiled, question.now)
        of = question.store.population()
    if as_json:
        write_json({"count": number, "of": of, "as_of": instant_text(question.now)})
    else:
        write(f"{number:,} of {of:,}" + (f" ({number / of:.1%})" if of else ""))


def show(
    condition: ConditionArgument,
    columns: Annotated[
        str, typer.Option("--columns", help="Attributes to show, with commas between them.")
    ] = "external_id,email,phone_number",
    limit: Annotated[int, typer.Option("--limit", min=0, help="At most so many people.")] = 20,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the people whom a condition means.

    Example: segql show 'country is "France"' --columns external_id,country,historic_clv --limit 5
    """
    names = [name.strip() for name in columns.split(",") if name.strip()]
    if not names:
        raise typer.BadParameter("name at least one attribute", param_hint="--columns")
    with asked(store, condition, as_of) as question:
        table = question.store.show_compiled(question.compiled, names, limit, question.now)
    if as_json:
        write_json({"rows": records(table), "as_of": instant_text(question.now)})
    else:
        write_table(table)


def query(
    statement: Annotated[
        str,
        typer.Argument(
            metavar="STATEMENT", help="`count ... by`, `show ... where`, `explain ...`, or @FILE."
        ),
    ],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask any question of the language.

    Example: segql query 'count did "Placed Order" in the last 30 days by country'
    """
    from segql.compiler.statements import Explain

    with asked(store, statement, as_of) as question:
        compiled, now = question.compiled, question.now
        if isinstance(compiled.statement, Explain):
            if as_json:
                write_json({"english": compiled.english(now), "as_of": instant_text(now)})
            else:
                write(compiled.explain(now))
            return
        table = question.store.ask_compiled(compiled, now)
    if as_json:
        write_json({"rows": records(table), "as_of": instant_text(now)})
    else:
        write_table(table)
