"""Where the made-up shop lives: a store that the demo makes anew each time, and never one that is a person's own."""

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import typer

import segql
from segql.runtime.errors import Code
from segql.sms.carriers.simulated import memory_beside

if TYPE_CHECKING:
    from segql.runtime.api import Store

# A store with this section among its settings was made by the demo, and may be made anew by it.
MARK = "demo"


def new_store(path: Path) -> "Store":
    """An empty store at `path`, in the place of the one that the demo made there before.

    Raises `typer.BadParameter` where what is there was not made by the demo, and `StoreError` where it cannot be
    opened: nothing is touched then.
    """
    _require_demo(path)
    for file in (path, path.with_name(f"{path.name}.wal"), memory_beside(path)):
        file.unlink(missing_ok=True)
    store = segql.open(path, create=True)
    with store.database.transaction() as connection:
        connection.execute("INSERT INTO settings VALUES (?, '{}')", [MARK])
    return store


def example_segments() -> list[tuple[str, str]]:
    """The definitions of examples/segments, (file name, text) each: from the installed package, else the checkout."""
    installed = files("segql") / "examples" / "segments"
    checkout = Path(segql.__file__).parent.parent / "examples" / "segments"
    folder = installed if installed.is_dir() else checkout
    found = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".segql")), key=lambda file: file.name
    )
    return [(file.name, file.read_text(encoding="utf-8")) for file in found]


def _require_demo(path: Path) -> None:
    try:
        with segql.open(path) as store, store.database.cursor() as cursor:
            is_demo = bool(cursor.execute("SELECT 1 FROM settings WHERE section = ?", [MARK]).fetchall())
    except segql.StoreError as error:
        if error.code != Code.ABSENT:
            raise
        is_demo = not memory_beside(path).exists()
    if not is_demo:
        raise typer.BadParameter(
            f"what is at {path} was not made by the demo, and is left as it is: name another path",
            param_hint="--store",
        )
