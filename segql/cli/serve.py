"""The command `serve`: the web application and the HTTP API."""

from typing import Annotated

import typer

from segql.cli.options import DEFAULT_STORE, StoreFileOption, file_of
from segql.cli.output import write_error, write_now

# What the extra `web` brings.
_NEEDED = ("argon2", "fastapi", "multipart", "python_multipart", "starlette", "uvicorn")


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(serve)


def serve(
    store: StoreFileOption = DEFAULT_STORE,
    host: Annotated[
        str, typer.Option(help="Where to listen. Behind a proxy that speaks https, leave it as it is.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
) -> None:
    """Serve the web application and the HTTP API, in one process that holds the store.

    Example: segql serve --store shop.duckdb --port 8000
    """
    try:
        from segql.web.serving import serve as run
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        write_error(f"error: the server needs {error.name}, which is not installed: pip install 'segql[web]'")
        raise typer.Exit(2) from error
    run(file_of(store, "Serve the file itself."), host, port, write_now)
