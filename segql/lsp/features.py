"""What the server answers: one function a request or notification of the protocol."""

from collections.abc import Callable
from typing import Any, Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from segql.compiler import service
from segql.compiler.diagnostics.diagnostic import Edit
from segql.compiler.diagnostics.fixes import with_edits
from segql.compiler.service import Occurrence
from segql.compiler.source import Span
from segql.lsp.convert import LEGEND, Converter, is_asked_for, markdown, workspace_symbol
from segql.lsp.library import Document
from segql.lsp.server import Server


class _Place(Protocol):
    """The questions about a place."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


# ---- Documents ------------------------------------------------------------------------------------------------------


def initialized(server: Server, params: types.InitializedParams) -> None:
    """The editor is ready."""
    server.start()
    server.watch()


def did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    """A file is shown; from now on its text is the editor's."""
    server.look_at_catalog()
    server.take(params.text_document.uri, params.text_document.text, params.text_document.version)


def did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    """Somebody typed."""
    text = server.workspace.get_text_document(params.text_document.uri).source
    server.take(params.text_document.uri, text, params.text_document.version)


def did_change_folders(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Folders came to the workspace, or went."""
    server.change_folders(params.event.added)


def did_save(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    """A moment at which the catalog may have changed, too."""
    server.look_at_catalog()


def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    """The file is again as it is on the disk, or is none of the workspace's."""
    server.forget(params.text_document.uri)


def did_change_files(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """Files were written by others."""
    server.look_at_catalog()
    for change in params.changes:
        server.read_again(change.uri)


# ---- What stands at a place -----------------------------------------------------------------------------------------


def completion(server: Server, params: types.CompletionParams) -> types.CompletionList:
    """What can be written."""
    document, convert, place = _at(server, params)
    found = service.complete(document.text, place, server.library.catalog)
    items = [convert.completion(one, rank, document.uri) for rank, one in enumerate(found)]
    # Keywords of several words are proposed word by word.
    return types.CompletionList(is_incomplete=True, items=items)


def resolve(server: Server, item: types.CompletionItem) -> types.CompletionItem:
    """What a proposal is: what would be told of it if it stood there."""
    said: Any = item.data
    document = server.library.documents.get(said["uri"])
    if document is not None and said["end"] <= len(document.text):
        span = Span(said["start"], said["end"])
        text = with_edits(document.text, [Edit(span, said["text"])])
        told = service.hover(text, server.library.catalog, span.start)
        item.documentation = None if told is None else markdown(told)
    return item


def hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    """What is known of a word."""
    document, convert, place = _at(server, params)
    told = service.hover(document.text, server.library.catalog, place)
    return None if told is None else convert.hover(told)


def definition(server: Server, params: types.DefinitionParams) -> list[types.Location]:
    """Where a segment, a define or a parameter is defined, in any file."""
    return [location for location, one in _named(server, params) if one.is_definition]


def references(server: Server, params: types.ReferenceParams) -> list[types.Location]:
    """Where something is named, in all files."""
    with_definition = params.context.include_declaration
    return [location for location, one in _named(server, params) if with_definition or not one.is_definition]


def prepare_rename(
    server: Server, params: types.PrepareRenameParams
) -> types.PrepareRenamePlaceholder | None:
    """The name that can be changed at a place."""
    document, convert, place = _at(server, params)
    meant = service.renamable(document.text, place)
    return None if meant is None else types.PrepareRenamePlaceholder(convert.range(meant.span), meant.name)


def rename(server: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Another name for a segment, a define or a parameter, in all files."""
    document, _, place = _at(server, params)
    meant = service.renamable(document.text, place)
    if meant is None:
        return None
    changes: dict[str, list[types.TextEdit]] = {}
    for other in server.library.documents.values():
        if meant.is_local and other.uri != document.uri:
            continue
        try:
            edits = service.renamed(other.text, meant, params.new_name)
        except ValueError as error:
            raise JsonRpcInvalidParams(str(error)) from error
        if edits:
            changes[other.uri] = [server.converter(other).edit(edit) for edit in edits]
    return types.WorkspaceEdit(changes=changes)


def code_actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Fixes, and changes that are exact."""
    document, convert = _document(server, params.text_document.uri)
    found = service.actions(document.text, server.library.catalog, convert.span(params.range))
    about = params.context.diagnostics
    offered = [convert.action(one, document.uri, about) for one in found]
    wanted = params.context.only
    return [one for one in offered if wanted is None or any(_is_of(one, kind) for kind in wanted)]


# ---- Whole documents ------------------------------------------------------------------------------------------------


def formatting(server: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """Canonical form; nothing where the text cannot be read."""
    document, convert = _document(server, params.text_document.uri)
    return [convert.edit(edit) for edit in service.format_edits(document.text)]


def symbols(server: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """The statements of a file."""
    document, convert = _document(server, params.text_document.uri)
    return [convert.symbol(one) for one in service.symbols(document.text)]


def workspace_symbols(server: Server, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
    """The segments and defines of all files whose names hold what was typed."""
    return [
        workspace_symbol(one, document.uri, server.converter(document))
        for document in server.library.documents.values()
        for one in service.symbols(document.text)
        if is_asked_for(one, params.query)
    ]


def tokens(server: Server, params: types.SemanticTokensParams) -> types.SemanticTokens:
    """The colours of a file."""
    document, convert = _document(server, params.text_document.uri)
    return convert.tokens(service.tokens(document.text))


def tokens_in_range(server: Server, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
    """The colours of a part of a file."""
    document, convert = _document(server, params.text_document.uri)
    shown = convert.span(params.range)
    found = service.tokens(document.text)
    return convert.tokens(one for one in found if one.span.end > shown.start and one.span.start < shown.end)


# ---- Parts ----------------------------------------------------------------------------------------------------------


def _document(server: Server, uri: str) -> tuple[Document, Converter]:
    if uri not in server.library.documents:
        raise JsonRpcInvalidParams(f"{uri} is not open")
    document = server.library.documents[uri]
    return document, server.converter(document)


def _at(server: Server, params: _Place) -> tuple[Document, Converter, int]:
    document, convert = _document(server, params.text_document.uri)
    return document, convert, convert.offset(params.position)


def _named(server: Server, params: _Place) -> list[tuple[types.Location, Occurrence]]:
    document, _, place = _at(server, params)
    meant = service.occurrence_at(document.text, place)
    if meant is None:
        return []
    return [
        (types.Location(other.uri, server.converter(other).range(one.span)), one)
        for other, one in server.library.meaning(meant, document.uri)
    ]


def _is_of(action: types.CodeAction, kind: str) -> bool:
    return str(getattr(action.kind, "value", action.kind)).startswith(str(getattr(kind, "value", kind)))


Feature = tuple[str, Any, Callable[..., Any]]
FEATURES: tuple[Feature, ...] = (
    (types.INITIALIZED, None, initialized),
    (types.TEXT_DOCUMENT_DID_OPEN, None, did_open),
    (types.TEXT_DOCUMENT_DID_CHANGE, None, did_change),
    (types.TEXT_DOCUMENT_DID_SAVE, None, did_save),
    (types.TEXT_DOCUMENT_DID_CLOSE, None, did_close),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, None, did_change_files),
    (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, None, did_change_folders),
    (
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=['"', "(", " ", "$"], resolve_provider=True),
        completion,
    ),
    (types.COMPLETION_ITEM_RESOLVE, None, resolve),
    (types.TEXT_DOCUMENT_HOVER, None, hover),
    (types.TEXT_DOCUMENT_DEFINITION, None, definition),
    (types.TEXT_DOCUMENT_REFERENCES, None, references),
    (types.TEXT_DOCUMENT_PREPARE_RENAME, None, prepare_rename),
    (types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True), rename),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(
            code_action_kinds=[
                types.CodeActionKind.QuickFix,
                types.CodeActionKind.RefactorRewrite,
                types.CodeActionKind.RefactorExtract,
                types.CodeActionKind.RefactorInline,
            ]
        ),
        code_actions,
    ),
    (types.TEXT_DOCUMENT_FORMATTING, None, formatting),
    (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, None, symbols),
    (types.WORKSPACE_SYMBOL, None, workspace_symbols),
    (types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, LEGEND, tokens),
    (types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, LEGEND, tokens_in_range),
)
