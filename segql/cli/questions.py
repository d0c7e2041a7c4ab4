"""Commands that ask a store: count, show, export, why, compare, query."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from segql.cli.answers import answer, answer_size, answer_why
from segql.cli.files import write_file
from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    ConditionArgument,
    JsonOption,
    StoreOption,
    asked,
)
from segql.cli.output import records, write, write_json, write_table
from segql.runtime.documents import instant_text


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (count, show, export, query, why, compare):
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
        answer_size(question, as_json)


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
    names = _names(columns)
    with asked(store, condition, as_of) as question:
        table = question.store.show_compiled(question.compiled, names, limit, question.now)
    if as_json:
        write_json({"rows": records(table), "as_of": instant_text(question.now)})
    else:
        write_table(table)


def export(
    condition: ConditionArgument,
    to: Annotated[
        Path,
        typer.Option(
            "--to", help="The file; its ending says the form: .csv, .jsonl, .json, .parquet, .arrow."
        ),
    ],
    columns: Annotated[
        str | None, typer.Option("--columns", help="Attributes, with commas between them. [default: all]")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the people whom a condition means, and what is known of them, into a file.

    Example: segql export 'can receive sms' --to people.csv --columns external_id,first_name,phone_number
    """
    from segql.runtime.exports import FORMATS

    form = FORMATS.get(to.suffix.lower())
    if form is None:
        raise typer.BadParameter(f"its ending has to be one of {', '.join(FORMATS)}", param_hint="--to")
    with asked(store, condition, as_of) as question:
        names = _names(columns) if columns else [one.name for one in question.store.catalog.attributes]
        table = question.store.show_compiled(question.compiled, names, None, question.now)
    try:
        write_file(table, to, form)
    except OSError as error:
        raise typer.BadParameter(
            f"{to} cannot be written: {error.strerror or error}", param_hint="--to"
        ) from error
    if as_json:
        write_json({"rows": table.num_rows, "file": str(to), "as_of": instant_text(question.now)})
    else:
        write(f"{table.num_rows:,} people in {to}")


def _names(columns: str) -> list[str]:
    names = [name.strip() for name in columns.split(",") if name.strip()]
    if not names:
        raise typer.BadParameter("name at least one attribute", param_hint="--columns")
    return names


def query(
    statement: Annotated[
        str,
        typer.Argument(
            metavar="STATEMENT",
            help="`count ... by`, `show ... where`, `trend`, `overlap`, `funnel`, `why`, `compare`, `explain`, or @FILE.",
        ),
    ],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask any question of the language.

    Example: segql query 'count did "Placed Order" in the last 30 days by country'
    """
    with asked(store, statement, as_of) as question:
        answer(question, as_json)


def why(
    profile: Annotated[
        str,
        typer.Argument(
            metavar="PROFILE", help="An external id, a phone number in any spelling, or an e-mail address."
        ),
    ],
    condition: ConditionArgument,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a person is among the people of a condition or not: what decided it, and what is missing.

    Example: segql why ada@example.com "SMS VIPs"
    """
    with asked(store, condition, as_of) as question:
        answer_why(question, profile, as_json)


def compare(
    condition: ConditionArgument,
    earlier: Annotated[
        str,
        typer.Argument(
            metavar="DAY", help="As in definitions: yesterday, 2026-01-31, '2026-01-31 18:30', '30 days ago'."
        ),
    ],
    later: Annotated[str, typer.Argument(metavar="[DAY]", help="As before it.")] = "today",
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who came among the people of a condition between two days and who left, and by which clause.

    Example: segql compare "SMS VIPs" '7 days ago' today
    """
    with asked(store, condition, as_of) as question:
        if question.compiled.scope.zone is not None:
            raise typer.BadParameter(
                "what has a time zone of its own is compared when it is a stored segment", param_hint="COND"
            )
        days = question.store.compile(f"compare everybody as of {earlier} with {later}").statement
        statement = days.changed(condition=question.compiled.condition)
        answer(replace(question, compiled=replace(question.compiled, statement=statement)), as_json)
