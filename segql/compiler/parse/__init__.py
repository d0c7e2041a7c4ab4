"""Text to syntax tree."""

from segql.compiler.parse.parser import parse_text as parse

__all__ = ["parse"]
