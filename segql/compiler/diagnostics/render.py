"""Diagnostics for people: the message, the line with a caret under the place, the remedy. Plain text; faces add colour."""

from collections.abc import Iterable

from segql.compiler.diagnostics.diagnostic import Diagnostic

_WIDTH = 100


def render(diagnostic: Diagnostic) -> str:
    """One diagnostic as plain text of several lines."""
    source, span = diagnostic.source, diagnostic.span
    start = source.position(span.start)
    end = source.position(max(span.end, span.start + 1))
    line = source.line(start.line)
    last_column = end.column if end.line == start.line else len(line) + 1
    text, column, last_column = _excerpt(line, start.column, last_column)
    margin = " " * len(str(start.line))
    place = f"{source.name or 'definition'}:{start.line}:{start.column}"
    rows = [
        f"{diagnostic.severity} {diagnostic.code.name}: {diagnostic.message}",
        f"{margin}--> {place}",
        f"{start.line} | {text}",
        f"{margin} | {' ' * (column - 1)}{'^' * max(1, last_column - column)}",
    ]
    if diagnostic.remedy:
        rows.append(f"{margin} = {diagnostic.remedy}")
    rows += [f"{margin} = fix: {fix.title}" for fix in diagnostic.fixes]
    return "\n".join(rows)


def render_all(diagnostics: Iterable[Diagnostic]) -> str:
    """Several diagnostics, a blank line between them."""
    return "\n\n".join(render(diagnostic) for diagnostic in diagnostics)


def as_record(diagnostic: Diagnostic) -> dict[str, object]:
    """One diagnostic for programs: places count from 1, columns in characters."""
    source = diagnostic.source
    start, end = source.position(diagnostic.span.start), source.position(diagnostic.span.end)
    return {
        "code": diagnostic.code.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
        "file": source.name,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "fixes": [
            {
                "title": fix.title,
                "edits": [
                    {
                        "line": source.position(edit.span.start).line,
                        "column": source.position(edit.span.start).column,
                        "end_line": source.position(edit.span.end).line,
                        "end_column": source.position(edit.span.end).column,
                        "text": edit.text,
                    }
                    for edit in fix.edits
                ],
            }
            for fix in diagnostic.fixes
        ],
    }


def _excerpt(line: str, column: int, last_column: int) -> tuple[str, int, int]:
    """The part of a long line around the place; tabs become single blanks so that the caret stands right."""
    line = line.replace("\t", " ")
    if len(line) <= _WIDTH:
        return line, column, last_column
    start = max(0, column - 1 - _WIDTH // 3)
    text = line[start : start + _WIDTH]
    return text, column - start, min(last_column - start, len(text) + 1)
