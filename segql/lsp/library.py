"""The files of a workspace as one library: what one defines is known in the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from segql import Catalog, Diagnostic, check
from segql.compiler.folder import Folder
from segql.compiler.parse.parser import read
from segql.compiler.service import Occurrence, occurrences
from segql.compiler.source import Source
from segql.lsp.names import Known, Names


@dataclass(frozen=True)
class Document:
    """A file as it is on the disk, or in the editor (`version`). `readable` is its text when it could last be read: what
    it defines is not gone while somebody types in it."""

    uri: str
    text: str
    version: int | None
    readable: str

    @cached_property
    def source(self) -> Source:
        """The text with its places."""
        return Source(self.text)

    @cached_property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """The names in it."""
        return occurrences(self.text)


class Library:
    """The documents of a workspace by their URIs, upon a catalog."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.known = Known()
        self.documents: dict[str, Document] = {}
        self._folder = Folder({})
        self._catalog = Catalog()
        self._define()

    def put(self, uri: str, text: str, version: int | None = None) -> bool:
        """Take a text for a document; whether what the workspace defines has changed."""
        before = self.documents.get(uri)
        readable_before = "" if before is None else before.readable
        readable = text if _is_readable(text) else readable_before
        self.documents[uri] = Document(uri, text, version, readable)
        return (before is None or before.readable != readable) and self._define()

    def remove(self, uri: str) -> bool:
        """Forget a document; whether what the workspace defines has changed."""
        return self.documents.pop(uri, None) is not None and self._define()

    def know(self, known: Known) -> None:
        """Take another catalog."""
        self.known = known
        self._define()

    @property
    def catalog(self) -> Catalog:
        """The catalog, with what the workspace defines."""
        return self._catalog

    def diagnostics(self, uri: str) -> list[Diagnostic]:
        """What is wrong with a document, with names only where a catalog says which there are."""
        document = self.documents[uri]
        found = check(document.text, self._catalog)
        if self.known.catalog is None:
            return [one for one in found if one.code.name.startswith("SG1")]
        twice = self._folder.twice.get(self._name(uri), []) if document.text == document.readable else []
        return [*found, *twice]

    def meaning(self, meant: Occurrence, uri: str) -> Iterator[tuple[Document, Occurrence]]:
        """Where the workspace names the same thing as a name in a document does."""
        for document in self.documents.values():
            if meant.is_local and document.uri != uri:
                continue
            for one in document.occurrences:
                if one.means(meant):
                    yield document, one

    def _name(self, uri: str) -> str:
        """What messages call a document: its path in the workspace."""
        return unquote(uri.removeprefix(f"{self.names.root.as_uri()}/"))

    def _define(self) -> bool:
        """Put together what the documents define; whether it is something else than before."""
        before = self._catalog
        self._folder = Folder({self._name(uri): one.readable for uri, one in self.documents.items()})
        self._catalog = self._folder.over(self.known.catalog or Catalog())
        now = self._catalog
        return (now.segments, now.templates) != (before.segments, before.templates)


def _is_readable(text: str) -> bool:
    return not read(Source(text)).problems
