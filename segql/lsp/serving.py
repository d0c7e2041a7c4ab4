"""The server on standard input and output."""

from pathlib import Path

from segql.lsp.features import FEATURES
from segql.lsp.names import Names
from segql.lsp.server import Server


def serve(catalog: Path | None, store: str) -> None:
    """Speak the protocol until the editor leaves. `catalog`: a catalog in JSON, in place of that of the store (its file,
    or a server's address)."""
    server = Server(Names(catalog, store))
    for name, options, answer in FEATURES:
        server.feature(name, options)(answer)
    server.start_io()
