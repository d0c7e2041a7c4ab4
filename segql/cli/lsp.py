"""The command `lsp`: the language server, which editors start."""

import typer

from segql.cli.options import DEFAULT_STORE, CatalogOption, StoreOption
from segql.cli.output import write_error


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(lsp)


def lsp(
    catalog: CatalogOption = None,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """The language server: what editors show while somebody writes definitions. Editors start it, and speak with it over
    standard input and output.

    Example: segql lsp --store shop.duckdb
    """
    try:
        from segql.lsp.serving import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        write_error(
            "error: the language server needs pygls, which is not installed: pip install 'segql[lsp]'"
        )
        raise typer.Exit(2) from error
    serve(catalog, store)
