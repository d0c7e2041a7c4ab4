"""Files: which definitions are meant, their texts, putting another text into one; and answers."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated

import typer

from segql.cli.options import read_text

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.runtime.exports import Format

PathsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="DIR|FILE...", help="Files of definitions, and folders with the *.segql in them at any depth."
    ),
]


def read_files(paths: Sequence[Path]) -> dict[str, str]:
    """The texts of files, and of those in folders, by their paths."""
    texts = {
        name: text
        for path in paths
        for name, text in (files_in(path) if path.is_dir() else {str(path): read_text(path)}).items()
    }
    if not texts:
        raise typer.BadParameter("there is no *.segql file there")
    return texts


def files_in(folder: Path) -> dict[str, str]:
    """The texts of the files in a folder, by their paths. Hidden folders are left out: tools keep copies in them."""
    found = sorted(folder.rglob("*.segql"))
    return {
        str(path): read_text(path)
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def rewrite(path: Path, text: str) -> None:
    """Put another text into a file, in one step: whatever happens, the old one or the new one is there, whole. Line
    ends and permissions stay as they were."""
    target = path.resolve()
    newline = "\r\n" if b"\r\n" in target.read_bytes() else "\n"
    written: Path | None = None
    try:
        with NamedTemporaryFile(
            "w", encoding="utf-8", newline=newline, dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:
            written = Path(file.name)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, written)
        written.replace(target)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}") from error
    finally:
        if written is not None:
            written.unlink(missing_ok=True)


def write_file(table: "pa.Table", path: Path, form: "Format") -> None:
    """Write a table into a file, in the place of one that is there, in one step. Raises OSError."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            form.write(table, file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
