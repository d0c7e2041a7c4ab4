"""The parser of `grammar.lark`. Its tables are kept beside Python's own caches, since making them takes most of a start."""

import contextlib
import hashlib
import pickle
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile

import lark
from lark import Lark

from segql.compiler.parse.lexer import PlaceLexer
from segql.compiler.parse.spelling import beginnings

# What stands where a condition could not be read. No text has it: only recovery puts it in.
_HOLE = "\n%declare HOLE\n%extend simple: HOLE\n"


@cache
def grammar() -> Lark:
    """The parser, from its tables where they are there."""
    text = files("segql").joinpath("grammar.lark").read_text(encoding="utf-8") + _HOLE
    path = _tables_of(text)
    # A file that was cut short, or is of another version of a library after all, is made anew.
    with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError, AttributeError, KeyError, TypeError):
        with path.open("rb") as file:
            loaded: Lark = Lark.load(file)
            _lexer(loaded).beginnings = pickle.load(file)  # noqa: S301 - as the tables themselves
        return loaded
    made = Lark(text, parser="lalr", lexer=PlaceLexer, propagate_positions=True, maybe_placeholders=True)
    _lexer(made).beginnings = beginnings(made)
    # Where the package's folder cannot be written, the tables are made at every start.
    with contextlib.suppress(OSError):
        _keep(made, path)
    return made


def _lexer(parser: Lark) -> PlaceLexer:
    lexer: PlaceLexer = parser.parser.lexer
    return lexer


def _tables_of(text: str) -> Path:
    """The file for the tables of this text, made by these versions. It is trusted as the compiled files beside it are."""
    version = f"{lark.__version__}\n{sys.version}\n{text}"
    name = (
        f"grammar.{sys.implementation.cache_tag}-{hashlib.sha256(version.encode()).hexdigest()[:16]}.tables"
    )
    return Path(__file__).parent / "__pycache__" / name


def _keep(parser: Lark, path: Path) -> None:
    """Write the tables, at once or not at all, and remove those of other versions of the grammar."""
    path.parent.mkdir(exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        parser.save(file)
        pickle.dump(_lexer(parser).beginnings, file)
    Path(file.name).replace(path)
    for other in path.parent.glob(f"grammar.{sys.implementation.cache_tag}-*.tables"):
        if other != path:
            other.unlink(missing_ok=True)
