"""The server: requests and notifications of the protocol, each answered by the services over the library."""

import asyncio
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

import segql
from segql.lsp import convert as to
from segql.lsp.library import Document, Library
from segql.lsp.names import Names

# Seconds without a change after which a text is checked.
_PAUSE = 0.2
_SUFFIX = ".segql"
# Folders of what was installed, and not written here; so is what is hidden.
_OTHERS = ("node_modules", "site-packages")


class Server(LanguageServer):
    """A language server over one workspace. Editors send whole texts: a line is then what they say it is."""

    def __init__(self, names: Names) -> None:
        super().__init__("segql", segql.__version__, types.TextDocumentSyncKind.Full)
        self.library = Library(names)
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._is_to_look = False
        self._looking: asyncio.Task[None] | None = None

    def converter(self, document: Document) -> to.Converter:
        """What converts places of a document, in the units that were agreed upon."""
        agreed = types.PositionEncodingKind(self.workspace.position_encoding)
        return to.Converter(document.source, agreed.value)

    def start(self) -> None:
        """Read the workspace's files and the catalog, and check everything."""
        if self.workspace.root_path is not None:
            self.library.names.root = Path(self.workspace.root_path)
        self.look_at_catalog()
        for folder in self.workspace.folders.values():
            self._read_folder(folder)
        self.check_soon(self.library.documents)

    def change_folders(self, added: Iterable[types.WorkspaceFolder]) -> None:
        """Take the files of folders that came to the workspace, and forget those of folders that it has no more, unless
        the editor shows them."""
        gone = [
            document.uri
            for document in self.library.documents.values()
            if document.version is None and not self._is_of_workspace(document.uri)
        ]
        for uri in gone:
            self.library.remove(uri)
        for folder in added:
            self._read_folder(folder)
        self.check_soon((*gone, *self.library.documents))

    def _read_folder(self, folder: types.WorkspaceFolder) -> None:
        root = uris.to_fs_path(folder.uri)
        for file in _files(Path(root)) if root is not None else ():
            if file.as_uri() not in self.library.documents:  # of one that is shown the editor has the text
                self.read_file(file.as_uri())

    def read_file(self, uri: str) -> bool:
        """Take a file as it is on the disk, if it is there; whether what the workspace defines has changed."""
        path = uris.to_fs_path(uri)
        try:
            text = Path(path or "").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return self.library.remove(uri)
        return self.library.put(uri, text)

    def take(self, uri: str, text: str, version: int | None) -> None:
        """Take a text from the editor; it is checked soon, and with it all others where they may say something else."""
        changed = self.library.put(uri, text, version)
        self.check_soon((uri, *self.library.documents) if changed else (uri,))

    def look_at_catalog(self) -> None:
        """Read the catalog where its file has changed, while questions are answered from the one before."""
        self._is_to_look = True
        if self._looking is None:
            self._looking = asyncio.get_event_loop().create_task(self._look())

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._is_to_look:
                self._is_to_look = False
                before = self.library.known
                known = await loop.run_in_executor(None, self.library.names.look, before)
                if known != before:
                    self.library.know(known)
                    self.check_soon(self.library.documents)
                if known.problem is not None and known.problem != before.problem:
                    message = f"segql: {known.problem}"
                    self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))
        finally:
            self._looking = None

    def read_again(self, uri: str) -> None:
        """Take a file that others wrote or removed, where the editor does not show it."""
        document = self.library.documents.get(uri)
        if self._is_of_workspace(uri) and (document is None or document.version is None):
            changed = self.read_file(uri)
            self.check_soon((uri, *self.library.documents) if changed else (uri,))

    def forget(self, uri: str) -> None:
        """The editor does not show a document any more."""
        changed = self.read_file(uri) if self._is_of_workspace(uri) else self.library.remove(uri)
        self.check_soon((uri, *self.library.documents) if changed else (uri,))

    def watch(self) -> None:
        """Ask the editor to tell about files that others write, if it can."""
        workspace = self.client_capabilities.workspace
        can = workspace and workspace.did_change_watched_files
        if not can or not can.dynamic_registration:
            return
        patterns = (f"**/*{_SUFFIX}", f"**/{self.library.names.file.name}")
        options = types.DidChangeWatchedFilesRegistrationOptions(
            watchers=[types.FileSystemWatcher(glob_pattern=pattern) for pattern in patterns]
        )
        registration = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        self.client_register_capability(types.RegistrationParams([registration]))

    def _is_of_workspace(self, uri: str) -> bool:
        path = Path(uris.to_fs_path(uri) or "")
        roots = [Path(uris.to_fs_path(folder.uri) or "") for folder in self.workspace.folders.values()]
        inside = [path.relative_to(root) for root in roots if path.is_relative_to(root)]
        return path.suffix == _SUFFIX and any(map(_is_own, inside))

    def check_soon(self, documents: Iterable[str]) -> None:
        """Check documents when nobody has typed in them for a moment; one at a time, so that questions come between."""
        loop = asyncio.get_event_loop()
        for uri in tuple(documents):
            if uri in self._waiting:
                self._waiting.pop(uri).cancel()
            self._waiting[uri] = loop.call_later(_PAUSE, partial(self._check, uri))

    def _check(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        document = self.library.documents.get(uri)
        found = [] if document is None else self.library.diagnostics(uri)
        converted = (
            [self.converter(document).diagnostic(one) for one in found] if document is not None else []
        )
        version = None if document is None else document.version
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, converted, version))


def _files(root: Path) -> list[Path]:
    """The definitions in a folder, those below it included."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if _is_own(Path(name))]
        found += [Path(folder, name) for name in files if name.endswith(_SUFFIX)]
    return sorted(found)


def _is_own(path: Path) -> bool:
    return not any(part.startswith(".") or part in _OTHERS for part in path.parts)
