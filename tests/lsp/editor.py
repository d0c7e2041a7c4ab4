"""An editor without a window: a real client that starts `segql lsp` and speaks with it over pipes."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

_Answer = TypeVar("_Answer")
PATIENCE = 60


class Editor:
    """Shows the files of a folder. Its methods wait for the server's answers."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        encodings: tuple[str, ...] = ("utf-16",),
        token: str = "",
    ) -> None:
        self.folder = folder
        self.messages: list[str] = []
        self.watched: list[str] = []
        self._versions: dict[str, int] = {}
        self._last = 0
        self._found: dict[str, types.PublishDiagnosticsParams] = {}
        self._runner = asyncio.Runner()
        self._client = LanguageClient("tests", "1")
        self._news = asyncio.Condition()
        self._listen()
        command = (sys.executable, "-m", "segql", "lsp", *arguments)
        environment = {**os.environ, "SEGQL_TOKEN": token}
        self._run(self._client.start_io(*command, cwd=folder, env=environment))
        self.capabilities = self._run(
            self._client.initialize_async(self._introduction(encodings))
        ).capabilities
        self._client.initialized(types.InitializedParams())

    def close(self) -> int:
        """Leave; the server's exit code."""
        self._run(self._client.shutdown_async(None))
        self._client.exit(None)
        server = self._client._server
        assert server is not None
        code = self._run(server.wait())
        self._run(self._client.stop())
        self._runner.close()
        return code

    # ---- Documents --------------------------------------------------------------------------------------------------

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> None:
        """Show a file with a text; it need not be on the disk."""
        item = types.TextDocumentItem(self.uri(name), "segql", self._next(name), text)
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, name: str, text: str) -> None:
        """Type until a file has that text."""
        document = types.VersionedTextDocumentIdentifier(self._next(name), self.uri(name))
        change = types.TextDocumentContentChangeWholeDocument(text)
        self._client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close_file(self, name: str) -> None:
        del self._versions[name]
        params = types.DidCloseTextDocumentParams(self._document(name))
        self._client.text_document_did_close(params)

    def save(self, name: str) -> None:
        self._client.text_document_did_save(types.DidSaveTextDocumentParams(self._document(name)))

    def files_changed(self, *names: str) -> None:
        """Tell that others wrote files."""
        events = [types.FileEvent(self.uri(name), types.FileChangeType.Changed) for name in names]
        self._client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(events))

    def folders_changed(self, *, added: tuple[Path, ...] = (), removed: tuple[Path, ...] = ()) -> None:
        """Take folders into the workspace, or out of it."""
        came, went = (
            [types.WorkspaceFolder(one.as_uri(), one.name) for one in folders] for folders in (added, removed)
        )
        event = types.WorkspaceFoldersChangeEvent(came, went)
        self._client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))

    def diagnostics(self, name: str, expected: set[str] | None = None) -> list[types.Diagnostic]:
        """What is wrong with a file in the version that is shown; with `expected`, when exactly these codes are said."""

        async def wait() -> list[types.Diagnostic]:
            async with self._news:
                await self._news.wait_for(lambda: self._is_told(name, expected))
            return list(self._found[self.uri(name)].diagnostics)

        return self._run(wait())

    def _is_told(self, name: str, expected: set[str] | None) -> bool:
        found = self._found.get(self.uri(name))
        if found is None or found.version != self._versions.get(name):
            return False
        return expected is None or {str(one.code) for one in found.diagnostics} == expected

    # ---- Questions --------------------------------------------------------------------------------------------------

    def ask(self, question: str, name: str, **also: Any) -> Any:
        """The answer to a request about a document; `question` is the client's method without its ending."""
        kinds = {
            "text_document_completion": types.CompletionParams,
            "text_document_hover": types.HoverParams,
            "text_document_definition": types.DefinitionParams,
            "text_document_references": types.ReferenceParams,
            "text_document_prepare_rename": types.PrepareRenameParams,
            "text_document_rename": types.RenameParams,
            "text_document_formatting": types.DocumentFormattingParams,
            "text_document_code_action": types.CodeActionParams,
            "text_document_semantic_tokens_full": types.SemanticTokensParams,
            "text_document_semantic_tokens_range": types.SemanticTokensRangeParams,
            "text_document_document_symbol": types.DocumentSymbolParams,
        }
        params: Any = kinds[question](text_document=self._document(name), **also)
        return self._run(getattr(self._client, f"{question}_async")(params))

    def resolve(self, item: types.CompletionItem) -> types.CompletionItem:
        return self._run(self._client.completion_item_resolve_async(item))

    def workspace_symbols(self, query: str) -> list[str]:
        found = self._run(self._client.workspace_symbol_async(types.WorkspaceSymbolParams(query)))
        return [one.name for one in found or []]

    # ---- Parts ------------------------------------------------------------------------------------------------------

    def _next(self, name: str) -> int:
        """The next version of a file: a number that no version of any file had."""
        self._last += 1
        self._versions[name] = self._last
        return self._last

    def _document(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(name))

    def _introduction(self, encodings: tuple[str, ...]) -> types.InitializeParams:
        watched = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        capabilities = types.ClientCapabilities(
            general=types.GeneralClientCapabilities(position_encodings=list(encodings)),
            workspace=types.WorkspaceClientCapabilities(did_change_watched_files=watched),
        )
        folder = types.WorkspaceFolder(self.folder.as_uri(), self.folder.name)
        return types.InitializeParams(
            capabilities=capabilities, root_uri=self.folder.as_uri(), workspace_folders=[folder]
        )

    def _listen(self) -> None:
        @self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        async def published(params: types.PublishDiagnosticsParams) -> None:
            async with self._news:
                self._found[params.uri] = params
                self._news.notify_all()

        @self._client.feature(types.WINDOW_SHOW_MESSAGE)
        async def shown(params: types.ShowMessageParams) -> None:
            async with self._news:
                self.messages.append(params.message)
                self._news.notify_all()

        @self._client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def registered(params: types.RegistrationParams) -> None:
            self.watched += [one.method for one in params.registrations]

    def sees(self, message: str) -> None:
        """Wait until a message is shown that holds some words."""

        async def wait() -> None:
            async with self._news:
                await self._news.wait_for(lambda: any(message in one for one in self.messages))

        self._run(wait())

    def _run(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        return self._runner.run(asyncio.wait_for(work, PATIENCE))
