"""Text to syntax tree. After an error reading goes on with the next segment, so that a file's errors come together."""

import re
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic, Edit, Fix
from segql.compiler.parse.comments import without_comments
from segql.compiler.parse.depth import MAX_DEPTH, depth
from segql.compiler.parse.expected import after_error, close_word
from segql.compiler.parse.tree import TreeBuilder
from segql.compiler.source import Source, Span
from segql.compiler.statements import Tree as SyntaxTree

MAX_CHARACTERS = 1_000_000

_STATEMENT = re.compile(r"^[ \t]*segment\s*\"", re.IGNORECASE | re.MULTILINE)


@cache
def grammar() -> Lark:
    """The parser of `grammar.lark`."""
    return Lark(
        files("segql").joinpath("grammar.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="contextual",
        propagate_positions=True,
        maybe_placeholders=True,
    )


def parse(source: Source) -> SyntaxTree:
    """The syntax tree of a text. Raises `DefinitionError` with every problem that was found."""
    if len(source.text) > MAX_CHARACTERS:
        message = f"the text has {len(source.text):,} characters; at most {MAX_CHARACTERS:,} are read"
        remedy = "split it into several segments that use each other by `in segment`"
        raise DefinitionError((Diagnostic(Code.SG104, message, Span(0, 0), source, remedy),))
    problems: list[Diagnostic] = []
    tree = _read(source, without_comments(source.text), problems)
    if tree is None or problems:
        raise DefinitionError(tuple(sorted(problems, key=lambda problem: problem.span)))
    return tree


def parse_text(text: str, name: str | None = None) -> SyntaxTree:
    """The syntax tree of a text, which messages call by `name`. Raises `DefinitionError`."""
    return parse(Source(text, name))


def _read(source: Source, text: str, problems: list[Diagnostic]) -> SyntaxTree | None:
    """Read `text`, in which what stands before the part to read is blank; None after an error."""
    while True:
        try:
            parsed = grammar().parse(text)
        except UnexpectedInput as error:
            problem = _syntax_problem(source, error)
            problems.append(problem)
            following = _STATEMENT.search(text, max(problem.span.start, _first_end(text)))
            if following is None:
                return None
            text = re.sub(r"[^\n]", " ", text[: following.start()]) + text[following.start() :]
            continue
        return _build(source, parsed, problems)


def _build(source: Source, parsed: Tree[Token], problems: list[Diagnostic]) -> SyntaxTree | None:
    if (levels := depth(parsed)) > MAX_DEPTH:
        message = f"the conditions are nested {levels} levels deep; at most {MAX_DEPTH} are read"
        remedy = "name the inner parts as segments of their own and use them by `in segment`"
        problems.append(Diagnostic(Code.SG103, message, Span(0, len(source.text)), source, remedy))
        return None
    builder = TreeBuilder(source)
    try:
        tree = builder.transform(parsed)
    except VisitError as error:
        raise error.orig_exc from error
    problems.extend(builder.problems)
    return tree if isinstance(tree, SyntaxTree) else None


def _first_end(text: str) -> int:
    """Behind the first word of a text that begins with blanks, so that the search for the next statement moves on."""
    match = re.search(r"\S+", text)
    return match.end() if match else len(text)


def _syntax_problem(source: Source, error: UnexpectedInput) -> Diagnostic:
    text = source.text
    if isinstance(error, UnexpectedCharacters):
        return _bad_character(source, error)
    if not isinstance(error, UnexpectedToken):
        raise error
    token = error.token
    if token.type == "$END":
        place = len(text.rstrip())
        span, found = Span(max(0, place - 1), place), "the text ends too early"
        if not text.strip():
            span, found = Span(0, 0), "there is nothing to read"
        return Diagnostic(Code.SG101, found, span, source, after_error(error))
    span = Span(token.start_pos or 0, token.end_pos or 0)
    fixes: tuple[Fix, ...] = ()
    remedy = after_error(error)
    word = close_word(str(token), error)
    if word is not None:
        remedy = f"did you mean `{word}`?"
        fixes = (Fix(f"write {word}", (Edit(span, word),)),)
    return Diagnostic(Code.SG101, f"`{_shown(token)}` cannot stand here", span, source, remedy, fixes)


def _bad_character(source: Source, error: UnexpectedCharacters) -> Diagnostic:
    place = error.pos_in_stream or 0
    character = source.text[place]
    span = Span(place, place + 1)
    if character == '"':
        end = source.text.find("\n", place)
        span = Span(place, len(source.text) if end < 0 else end)
        return Diagnostic(
            Code.SG101, "a text begins here and does not end", span, source, 'close it with a second "'
        )
    if character in "“”„‟«»'‘’":
        return Diagnostic(
            Code.SG101,
            f"{character} is not the quotation mark of the language",
            span,
            source,
            'write texts and names in straight double quotes: "..."',
        )
    return Diagnostic(
        Code.SG101, f"the character {character!r} cannot stand here", span, source, after_error(error)
    )


def _shown(token: Token) -> str:
    text = re.sub(r"\s+", " ", str(token))
    return text if len(text) <= 40 else f"{text[:37]}..."
