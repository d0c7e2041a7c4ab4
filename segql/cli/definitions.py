"""Commands about definitions: check, fmt, sql, explain."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segql.cli.files import PathsArgument, read_files, rewrite
from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    CatalogOption,
    ConditionArgument,
    JsonOption,
    StoreOption,
    asked,
    catalog_of,
    instant,
    meant,
)
from segql.cli.output import write, write_diagnostics, write_json
from segql.runtime.documents import instant_text

if TYPE_CHECKING:
    from segql.compiler.catalog.model import Catalog
    from segql.compiler.compiled import Compiled
    from segql.compiler.diagnostics.diagnostic import Diagnostic
    from segql.runtime.asking import Cost


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (check, fmt, sql, explain):
        app.command()(command)


def check(
    paths: PathsArgument,
    catalog: CatalogOption = None,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="First apply the fixes of errors and warnings that have exactly one."),
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with definitions, and what is probably not meant. What is right is right at any instant.

    Example: segql check segments/
    """
    instant(as_of, "UTC")
    texts = read_files(paths)
    with catalog_of(catalog, store) as names:
        fixes = [line for name in texts for line in _fix(name, texts, names)] if fix else []
        found = _check(texts, names)
    wrong = any(diagnostic.severity == "error" for diagnostic in found)
    if as_json:
        from segql.compiler.diagnostics.render import as_record

        diagnostics = [as_record(diagnostic) for diagnostic in found]
        write_json({"diagnostics": diagnostics} | ({"fixed": fixes} if fix else {}))
    else:
        for done in fixes:
            write(f"{done['file']}:{done['line']}: {done['code']}: {done['title']}")
        write_diagnostics(found)
    if wrong:
        raise typer.Exit(1)
    if not as_json:
        warned = f", {len(found)} to look at" if found else ", nothing wrong"
        write(f"{len(texts)} {'file' if len(texts) == 1 else 'files'} checked{warned}")


def fmt(
    paths: PathsArgument,
    only_check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if a file is not in canonical form.")
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write definitions in canonical form, comments kept. It depends on no store and on no instant.

    Example: segql fmt segments/
    """
    instant(as_of, "UTC")
    from segql.compiler.format import format

    changed = []
    for name, text in read_files(paths).items():
        formatted = format(text, name)
        if formatted != text:
            changed.append(name)
            if not only_check:
                Path(name).write_text(formatted, encoding="utf-8")
    if as_json:
        write_json({"changed": changed})
    else:
        for name in changed:
            write(f"{'would change' if only_check else 'changed'} {name}")
    if changed and only_check:
        raise typer.Exit(1)


def sql(
    condition: ConditionArgument,
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", help="The engine to write for: duckdb, or for own tables postgresql."),
    ] = None,
    catalog: CatalogOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the SQL of a condition, and the values bound in it.

    Example: segql sql 'did "Placed Order" in the last 30 days'
    """
    from segql.compiler.sql.emit import UnknownDialectError

    with meant(catalog, store, condition, as_of) as (compiled, now):
        try:
            query = compiled.sql(dialect, now)
        except UnknownDialectError as error:
            raise typer.BadParameter(str(error), param_hint="--dialect") from error
    if as_json:
        write_json({"sql": query.text, "parameters": dict(query.values)})
        return
    write(query.text)
    for name, value in query.values.items():
        write(f"-- ${name} = {value}")


def explain(
    condition: ConditionArgument,
    catalog: CatalogOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say in plain English who is meant, with dates; what is read, when it changes, and what it costs a store.

    Example: segql explain 'can receive sms and engaged with sms in the last 30 days'
    """
    if catalog is not None:
        with meant(catalog, store, condition, as_of) as (compiled, now):
            _tell(compiled, now, None, as_json)
        return
    with asked(store, condition, as_of) as question:
        cost = question.store.cost(question.compiled, question.now)
        _tell(question.compiled, question.now, cost, as_json)


def _tell(compiled: "Compiled", now: datetime, cost: "Cost | None", as_json: bool) -> None:
    """Write what can be told of a definition; what it costs where a store was asked."""
    if as_json:
        told: dict[str, object] = {
            "english": compiled.english(now),
            "as_of": instant_text(now),
            "time_zone": compiled.catalog.account.timezone,
            "reads": asdict(compiled.reads),
            "refresh": compiled.refresh,
        }
        write_json(told if cost is None else told | {"cost": asdict(cost)})
        return
    write(compiled.explain(now))
    if cost is not None:
        write(f"Cost:     reads at most {cost.events:,} of {cost.of:,} events, and the profiles.")


def _fix(name: str, texts: dict[str, str], catalog: "Catalog") -> list[dict[str, object]]:
    """Fix one of several files in its place; what was done. `texts` gets the new text."""
    from segql.compiler.diagnostics.fixes import fixed

    def check_text(text: str) -> "list[Diagnostic]":
        return [one for one in _check({**texts, name: text}, catalog) if one.source.name == name]

    result = fixed(texts[name], check_text)
    if result.applied:
        rewrite(Path(name), result.text)
        texts[name] = result.text
    done = []
    for diagnostic, fix in result.applied:
        place = diagnostic.source.position(diagnostic.span.start)
        code, title = diagnostic.code.name, fix.title
        done.append({"file": name, "line": place.line, "column": place.column, "code": code, "title": title})
    return done


def _check(texts: dict[str, str], catalog: "Catalog") -> "list[Diagnostic]":
    """Diagnostics of several files, which may use each other's segments and templates."""
    from segql.compiler.folder import Folder

    return Folder(texts).check(catalog)
