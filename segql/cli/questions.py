"""Commands that ask a store: count, show, why, query."""

from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    ConditionArgument,
    JsonOption,
    Question,
    StoreOption,
    asked,
)
from segql.cli.output import instant_text, records, write, write_json, write_table

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.runtime.why import Why

# So many of those who came and went are shown.
_SHOWN = 50


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (count, show, query, why):
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
    from segql.compiler.statements import Explain, Why

    with asked(store, statement, as_of) as question:
        match question.compiled.statement:
            case Explain():
                _explain(question, as_json)
            case Why(who=str(who)):
                answer = question.store.why_compiled(question.compiled, who, question.now)
                _write_why(question, answer, as_json)
            case _:
                table = question.store.ask_compiled(question.compiled, question.now)
                if as_json:
                    write_json({"rows": records(table), "as_of": instant_text(question.now)})
                else:
                    _write_answer(question, table)


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
        answer = question.store.why_compiled(question.compiled, profile, question.now)
        _write_why(question, answer, as_json)


def _write_why(question: Question, answer: "Why", as_json: bool) -> None:
    from segql.cli.pictures import write_why

    if as_json:
        write_json(answer.document())
    else:
        write_why(answer, _zone(question))


def _zone(question: Question) -> ZoneInfo:
    return ZoneInfo(question.store.catalog.account.timezone)


def _explain(question: Question, as_json: bool) -> None:
    compiled, now = question.compiled, question.now
    if as_json:
        write_json({"english": compiled.english(now), "as_of": instant_text(now)})
    else:
        write(compiled.explain(now))


def _write_answer(question: Question, table: "pa.Table") -> None:
    """A table for reading, with the picture that helps."""
    from segql.cli.pictures import write_combinations, write_counts, write_trend
    from segql.compiler.statements import Compare, Count, Funnel, Overlap, Trend

    match question.compiled.statement:
        case Trend():
            write_trend(table, _zone(question))
        case Overlap():
            write_combinations(table)
        case Count() | Funnel():
            write_counts(table)
        case Compare():
            changes = table.column("change").to_pylist()
            write(f"{changes.count('entered'):,} entered, {changes.count('left'):,} left")
            write_table(table.slice(0, _SHOWN))
            if len(changes) > _SHOWN:
                write(f"... and {len(changes) - _SHOWN:,} more; --json has all of them")
        case _:
            write_table(table)
