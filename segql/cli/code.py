"""Segments as code: plan, apply, pull, versions."""

import getpass
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segql.cli.files import PathsArgument, files_in, read_files, rewrite
from segql.cli.options import (
    DEFAULT_STORE,
    AsOfOption,
    JsonOption,
    StoreOption,
    given_instant,
    instant,
    reached,
)
from segql.cli.output import write, write_json
from segql.cli.plans import plan_document, write_diff, write_plan
from segql.runtime.documents import instant_text

if TYPE_CHECKING:
    from segql.runtime.as_code.planning import SegmentChange

PruneOption = Annotated[
    bool, typer.Option("--prune", help="Also remove what is stored and stands in no file of the folders.")
]
# Neither wrong input (1) nor wrong use (2).
_CHANGES = 3


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (plan, apply, pull, versions):
        app.command()(command)


def plan(
    paths: PathsArgument,
    prune: PruneOption = False,
    people: Annotated[
        int,
        typer.Option("--people", min=0, help="Name so many of those who would enter, and who would leave."),
    ] = 0,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 3 where something would change, with 0 where not.")
    ] = False,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what `segql apply` would do: what is new, changed and removed, who would enter and who would leave.

    Example: segql plan segments/ --people 5
    """
    with reached(store) as kept:
        at = given_instant(as_of, kept.catalog.account.timezone)
        planned = kept.plan(_texts(paths, prune=prune), at, prune=prune, people=people)
    if as_json:
        write_json(plan_document(planned))
    else:
        write_plan(planned)
    if exit_code and planned.changes_anything:
        raise typer.Exit(_CHANGES)


def apply(
    paths: PathsArgument,
    prune: PruneOption = False,
    author: Annotated[
        str | None,
        typer.Option(
            "--author",
            help="Who changes the segments. [default: git's user name, else the login; of a server the token's user]",
        ),
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Store the segments of files, all or none, so that others can use them by name, and say who entered and left;
    `segql plan` says it before.

    Example: segql apply segments/
    """
    with reached(store) as kept:
        at, name = given_instant(as_of, kept.catalog.account.timezone), kept.named(author, _author())
        planned = kept.apply(_texts(paths, prune=prune), name, at, prune=prune)
    if as_json:
        write_json(plan_document(planned))
        return
    for define in planned.defines:
        if define.file is not None or define.change == "removed":
            write(f"{define.change:<10}define {define.name}")
    for one in planned.segments:
        if one.file is not None or one.change != "unchanged":
            write(f"{one.change:<10}{one.name}{_moved(one, planned.of)}")


def _moved(one: "SegmentChange", of: int) -> str:
    if one.moves is None:
        return ""
    return f": {one.moves.entered:,} entered, {one.moves.left:,} left, {one.moves.size:,} of {of:,} are in"


def pull(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="The folder of definitions; made where there is none.", file_okay=False
        ),
    ],
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the stored segments into the files that define them, and each other one into a file of its own.

    What a file says already stays as it is, with its comments. What is stored is stored at any instant.

    Example: segql pull segments/
    """
    from segql.runtime.as_code.pulling import pull as pulled_into

    instant(as_of, "UTC")
    texts = {str(Path(name).relative_to(folder)): text for name, text in files_in(folder).items()}
    taken = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    with reached(store) as kept:
        pulled = pulled_into(kept.catalog, texts, taken)
    for name, text in pulled.files.items():
        _write_file(folder / name, text)
    if as_json:
        changes = [{"file": name, "change": _file_change(name, texts)} for name in pulled.files]
        not_stored = [{"name": name, "file": file} for name, file in pulled.not_stored.items()]
        write_json({"files": changes, "not_stored": not_stored})
        return
    for name in pulled.files:
        write(f"{_file_change(name, texts):<10}{folder / name}")
    for name, file in pulled.not_stored.items():
        write(f"{'kept':<10}{folder / file}: {name} is not stored")


def versions(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A segment that is stored, or was.")],
    number: Annotated[
        int | None, typer.Option("--number", help="Only this version: what it said, as a definition.")
    ] = None,
    store: StoreOption = DEFAULT_STORE,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how a segment came about: each version, who saved it and when, and what it changed. They have no other instant.

    Example: segql versions "Winback"
    """
    from segql.compiler.format import format_segment
    from segql.runtime.as_code.planning import text_diff

    instant(as_of, "UTC")
    with reached(store) as kept:
        found = kept.versions(name)
    if number is not None and number not in [one.number for one in found]:
        raise typer.BadParameter(f"there are the versions 1 to {len(found)}", param_hint="--number")
    if as_json:
        shown = [one for one in found if number in (None, one.number)]
        write_json({"versions": [asdict(one) | {"segment": one.segment.to_dict()} for one in shown]})
        return
    before = ""
    for one in found:
        text = format_segment(one.segment)
        if number == one.number:
            write(text.rstrip())
        if number is None:
            write(f"{one.number}  {instant_text(one.saved_at)}{_by(one.author)}")
            write_diff(text_diff(before, text))
            if one.removed_at:
                write(f"   {instant_text(one.removed_at)} removed{_by(one.removed_by)}")
        before = text


def _by(author: str | None) -> str:
    return f" by {author}" if author else ""


def _texts(paths: Sequence[Path], *, prune: bool) -> dict[str, str]:
    if prune and not all(path.is_dir() for path in paths):
        raise typer.BadParameter("give the folders that hold all segments", param_hint="--prune")
    return read_files(paths)


def _author() -> str:
    """Whom git commits for here, else who is logged in."""
    git = shutil.which("git")
    if git is not None:
        asked = subprocess.run([git, "config", "user.name"], capture_output=True, text=True, check=False)  # noqa: S603
        if name := asked.stdout.strip():
            return name
    return getpass.getuser()


def _write_file(path: Path, text: str) -> None:
    if path.exists():
        rewrite(path, text)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}") from error


def _file_change(name: str, before: dict[str, str]) -> str:
    return "changed" if name in before else "new"
