"""The command `convert`: definitions of other systems into this language, and back into theirs."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar, get_args

import typer

from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    CatalogOption,
    JsonOption,
    StoreOption,
    catalog_of,
    instant,
    read_text,
)
from segql.cli.output import write, write_error, write_json

if TYPE_CHECKING:
    from segql.compiler.catalog.model import Catalog
    from segql.compiler.convert.report import FromText, IntoText
    from segql.compiler.record import Record

_Names = TypeVar("_Names", bound="Record")
System = Literal["klaviyo-json", "shopify"]


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(convert)


def convert(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of definitions.")],
    source: Annotated[
        str | None, typer.Option("--from", help=f"From: {', '.join(get_args(System))}.")
    ] = None,
    target: Annotated[str | None, typer.Option("--to", help="Or to: klaviyo-json.")] = None,
    names: Annotated[
        Path | None,
        typer.Option("--names", help="JSON that says what the other system's ids and names are called here."),
    ] = None,
    any_case: Annotated[
        bool,
        typer.Option("--any-case", help="Klaviyo: take comparisons that regard case for those that do not."),
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Leave out what cannot be said exactly, and say so in the text.")
    ] = False,
    catalog: CatalogOption = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say definitions of Klaviyo or Shopify in this language, or ours as Klaviyo has them, with a report of what differs.

    What cannot be said exactly is an error. The catalog or the store is used for --to; no definition depends on an instant.

    Example: segql convert --from klaviyo-json vips.json --names names.json > segments/vips.segql
    """
    instant(as_of, "UTC")
    texts = {str(path): read_text(path) for path in files}
    given = None if names is None else read_text(names)
    if (source is None) == (target is None):
        raise typer.BadParameter("give one of them", param_hint="--from or --to")
    if source is not None:
        if source not in get_args(System):
            raise typer.BadParameter(f"known: {', '.join(get_args(System))}", param_hint="--from")
        _write_texts(_into_text(source, texts, given, any_case=any_case), partial=partial, as_json=as_json)
        return
    if target != "klaviyo-json":
        raise typer.BadParameter("known: klaviyo-json", param_hint="--to")
    with catalog_of(catalog, store) as known:
        found = _from_text(texts, given, known, any_case=any_case)
    _write_documents(found, partial=partial, as_json=as_json)


def _into_text(source: str, texts: dict[str, str], names: str | None, *, any_case: bool) -> "list[IntoText]":
    if source == "shopify":
        from segql.compiler.convert import shopify

        if any_case:
            raise typer.BadParameter("it is for klaviyo-json", param_hint="--any-case")
        called = _names(shopify.Names, names)
        return [one for name, text in texts.items() for one in shopify.from_shopify(text, name, called)]
    from segql.compiler.convert import klaviyo

    ids = _names(klaviyo.Names, names)
    return [
        one
        for name, text in texts.items()
        for one in klaviyo.from_klaviyo(text, name, ids, any_case=any_case)
    ]


def _from_text(
    texts: dict[str, str], names: str | None, catalog: "Catalog", *, any_case: bool
) -> "list[FromText]":
    from segql.compiler.convert import klaviyo
    from segql.compiler.folder import Folder

    ids, together = _names(klaviyo.Names, names), Folder(texts).over(catalog)
    return [
        one
        for name, text in texts.items()
        for one in klaviyo.to_klaviyo(text, name, together, ids, any_case=any_case)
    ]


def _names(kind: "type[_Names]", text: str | None) -> "_Names":
    if text is None:
        return kind()
    try:
        return kind.from_json(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--names") from error


def _write_texts(found: "list[IntoText]", *, partial: bool, as_json: bool) -> None:
    refused = _refused(found) and not partial
    if as_json:
        segments = [
            {
                "name": one.name,
                "text": None if refused else one.text,
                "remarks": [asdict(each) for each in one.remarks],
            }
            for one in found
        ]
        write_json({"segments": segments})
    else:
        _write_remarks(found)
        if not refused:
            write("\n".join(one.text for one in found).rstrip("\n"))
    _end(refused=refused)


def _write_documents(found: "list[FromText]", *, partial: bool, as_json: bool) -> None:
    refused = _refused(found) and not partial
    segments = [
        {"name": one.name, "definition": one.definition} for one in found if one.definition is not None
    ]
    if as_json:
        remarks = [asdict(each) for one in found for each in one.remarks]
        write_json({"segments": [] if refused else segments, "remarks": remarks})
    else:
        _write_remarks(found)
        if not refused:
            write_json(segments)
    _end(refused=refused)


def _refused(found: "Sequence[IntoText | FromText]") -> bool:
    return any(each.kind == "left out" for one in found for each in one.remarks)


def _write_remarks(found: "Iterable[IntoText | FromText]") -> None:
    for one in found:
        for remark in one.remarks:
            write_error(str(remark))


def _end(*, refused: bool) -> None:
    if refused:
        from segql.compiler.convert.report import ConvertCode

        write_error(
            f"error {ConvertCode.NOT_CARRIED}: not everything can be said exactly.\n"
            " = --partial leaves the rest out, and says so"
        )
        raise typer.Exit(1)
