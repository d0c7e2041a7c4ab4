"""A notebook without a window: a real kernel that runs cells."""

from pathlib import Path
from typing import Any

import nbformat
from jupyter_core.utils import run_sync
from nbclient import NotebookClient

PATIENCE = 120


class Notebook:
    """A kernel in a folder, which runs cells one after the other."""

    def __init__(self, folder: Path) -> None:
        self._notebook = nbformat.v4.new_notebook()
        self._client = NotebookClient(
            self._notebook, timeout=PATIENCE, resources={"metadata": {"path": str(folder)}}
        )
        self._client.create_kernel_manager()
        self._client.start_new_kernel()
        self._client.start_new_kernel_client()

    def run(self, source: str) -> list[Any]:
        """What a cell puts out."""
        self._notebook.cells.append(nbformat.v4.new_code_cell(source))
        index = len(self._notebook.cells) - 1
        return list(self._client.execute_cell(self._notebook.cells[index], index).outputs)

    def text(self, source: str) -> str:
        """What a cell prints, or its value as text."""
        return "".join(one.get("text") or one["data"]["text/plain"] for one in self.run(source)).strip()

    def html(self, source: str) -> str:
        """The picture that a cell shows."""
        (found,) = self.run(source)
        return str(found["data"]["text/html"])

    def proposals(self, source: str) -> list[tuple[str, str]]:
        """What is proposed at the bar in a cell, with what is told of each."""
        cell, place = source.replace("|", ""), source.index("|")
        client: Any = self._client.kc

        async def ask() -> Any:
            return await client.complete(cell, place, reply=True, timeout=PATIENCE)

        reply = run_sync(ask)()
        found = reply["content"]["metadata"]["_jupyter_types_experimental"]
        return [(one["text"], one["type"]) for one in found]

    def close(self) -> None:
        self._client._cleanup_kernel()
