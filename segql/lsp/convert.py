"""What the services answer, in the words of the protocol."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from lsprotocol import types

import segql
from segql import Diagnostic
from segql.compiler.diagnostics.diagnostic import Edit
from segql.compiler.service import Action, Completion, Hover, SemanticToken, Symbol, TokenKind
from segql.compiler.service.sections import anchor
from segql.compiler.source import EditorPlace, Encoding, Source, Span
from segql.compiler.text import fold

# By kind the colour that every theme has for something like it; brackets and what cannot be read have none.
TOKEN_TYPES: dict[TokenKind, types.SemanticTokenTypes] = {
    "keyword": types.SemanticTokenTypes.Keyword,
    "event": types.SemanticTokenTypes.Event,
    "attribute": types.SemanticTokenTypes.Variable,
    "property": types.SemanticTokenTypes.Property,
    "list": types.SemanticTokenTypes.Struct,
    "segment": types.SemanticTokenTypes.Class,
    "place": types.SemanticTokenTypes.EnumMember,
    "region": types.SemanticTokenTypes.EnumMember,
    "define": types.SemanticTokenTypes.Function,
    "parameter": types.SemanticTokenTypes.Parameter,
    "string": types.SemanticTokenTypes.String,
    "number": types.SemanticTokenTypes.Number,
    "unit": types.SemanticTokenTypes.Number,
    "time": types.SemanticTokenTypes.Number,
    "operator": types.SemanticTokenTypes.Operator,
    "comment": types.SemanticTokenTypes.Comment,
}
LEGEND = types.SemanticTokensLegend(
    token_types=[kind.value for kind in dict.fromkeys(TOKEN_TYPES.values())], token_modifiers=[]
)
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "hint": types.DiagnosticSeverity.Information,
}
_ITEMS = {
    "attribute": types.CompletionItemKind.Field,
    "event": types.CompletionItemKind.Event,
    "property": types.CompletionItemKind.Property,
    "list": types.CompletionItemKind.Struct,
    "segment": types.CompletionItemKind.Class,
    "place": types.CompletionItemKind.EnumMember,
    "define": types.CompletionItemKind.Function,
    "region": types.CompletionItemKind.EnumMember,
    "value": types.CompletionItemKind.Value,
    "keyword": types.CompletionItemKind.Keyword,
}
_ACTIONS = {
    "fix": types.CodeActionKind.QuickFix,
    "negate": types.CodeActionKind.RefactorRewrite,
    "extract": types.CodeActionKind.RefactorExtract,
    "inline": types.CodeActionKind.RefactorInline,
}
_SYMBOLS = {"segment": types.SymbolKind.Class, "define": types.SymbolKind.Function}


class Converter:
    """Converts places and answers of a text, in the units that the editor counts."""

    def __init__(self, source: Source, encoding: Encoding) -> None:
        self.source = source
        self._encoding = encoding

    def offset(self, position: types.Position) -> int:
        """The place in the text."""
        return self.source.offset(EditorPlace(position.line, position.character), self._encoding)

    def span(self, selection: types.Range) -> Span:
        """The stretch of the text."""
        return Span(self.offset(selection.start), self.offset(selection.end))

    def range(self, span: Span) -> types.Range:
        """The stretch of the text, as the editor counts."""
        return types.Range(self._position(span.start), self._position(span.end))

    def edit(self, edit: Edit) -> types.TextEdit:
        """An edit."""
        return types.TextEdit(self.range(edit.span), edit.text)

    def diagnostic(self, found: Diagnostic) -> types.Diagnostic:
        """A message with its remedy and a link to what the docs say; one about a stored definition stands at the top."""
        here = found.source.text == self.source.text
        where = "" if here else f"in {found.source.name or 'a stored definition'}: "
        remedy = f"; {found.remedy}" if found.remedy else ""
        return types.Diagnostic(
            range=self.range(found.span if here else Span(0, 0)),
            message=f"{where}{found.message}{remedy}",
            severity=_SEVERITIES[found.severity],
            code=found.code.name,
            code_description=types.CodeDescription(href=_page("errors.md", found.code.name.lower())),
            source="segql",
        )

    def hover(self, found: Hover) -> types.Hover:
        """What is told of a place."""
        return types.Hover(contents=markdown(found), range=self.range(found.span))

    def completion(self, proposal: Completion, rank: int, uri: str) -> types.CompletionItem:
        """A proposal, which is found by its letters with and without its quotation marks."""
        typed = self.source.text[proposal.span.start : proposal.span.end]
        return types.CompletionItem(
            label=proposal.text,
            kind=_ITEMS[proposal.kind],
            detail=proposal.about,
            filter_text=proposal.text if typed.startswith('"') else proposal.text.strip('"'),
            sort_text=f"{rank:05}",
            text_edit=self.edit(Edit(proposal.span, proposal.text)),
            data={"uri": uri, "start": proposal.span.start, "end": proposal.span.end, "text": proposal.text},
        )

    def action(self, offered: Action, uri: str, about: Iterable[types.Diagnostic]) -> types.CodeAction:
        """A fix, with the diagnostics that it is for, or a change."""
        code = None if offered.code is None else offered.code.name
        return types.CodeAction(
            title=offered.title,
            kind=_ACTIONS[offered.kind],
            diagnostics=[one for one in about if one.code == code] if code is not None else None,
            edit=types.WorkspaceEdit(changes={uri: [self.edit(edit) for edit in offered.edits]}),
        )

    def symbol(self, symbol: Symbol) -> types.DocumentSymbol:
        """A statement."""
        return types.DocumentSymbol(
            name=symbol.name,
            kind=_SYMBOLS.get(symbol.kind, types.SymbolKind.Event),
            detail=symbol.kind,
            range=self.range(symbol.span),
            selection_range=self.range(symbol.name_span),
        )

    def tokens(self, found: Iterable[SemanticToken]) -> types.SemanticTokens:
        """Colours, each place relative to the one before it; one of several lines is one for each of them."""
        data: list[int] = []
        before = EditorPlace(0, 0)
        for span, kind in found:
            for piece in self._lines(span) if kind in TOKEN_TYPES else ():
                start, end = self._place(piece.start), self._place(piece.end)
                unit = start.unit - (before.unit if start.line == before.line else 0)
                index = LEGEND.token_types.index(TOKEN_TYPES[kind].value)
                data += [start.line - before.line, unit, end.unit - start.unit, index, 0]
                before = start
        return types.SemanticTokens(data=data)

    def _lines(self, span: Span) -> Iterator[Span]:
        place = span.start
        for line in self.source.text[span.start : span.end].splitlines(keepends=True):
            written = line.rstrip("\r\n")
            if written:
                yield Span(place, place + len(written))
            place += len(line)

    def _place(self, offset: int) -> EditorPlace:
        return self.source.editor_place(offset, self._encoding)

    def _position(self, offset: int) -> types.Position:
        return types.Position(*self._place(offset))


def workspace_symbol(symbol: Symbol, uri: str, convert: Converter) -> types.WorkspaceSymbol:
    """A statement of a workspace."""
    location = types.Location(uri, convert.range(symbol.name_span))
    return types.WorkspaceSymbol(location, symbol.name, _SYMBOLS.get(symbol.kind, types.SymbolKind.Event))


def is_asked_for(symbol: Symbol, query: str) -> bool:
    """Whether a definition's name holds what was typed."""
    return symbol.kind in _SYMBOLS and fold(query) in fold(symbol.name)


def markdown(found: Hover) -> types.MarkupContent:
    """What is told, with a link to what the docs say."""
    title = found.title if found.title.startswith("`") else f"**{found.title}**"
    parts = [title, *found.lines]
    if found.section is not None:
        page, _, place = anchor(found.section).removeprefix("docs/").partition("#")
        parts.append(f"[{found.section}]({_page(page, place)})")
    return types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(parts))


def _page(name: str, place: str) -> str:
    """A section of a page of the docs: of the installed package, else the checkout."""
    package = Path(segql.__file__).parent
    installed = package / "docs" / name
    page = installed if installed.exists() else package.parent / "docs" / name
    return f"{page.as_uri()}#{place}"
