"""segql: say whom you mean, and get fast SQL and gated SMS audiences.

Public names are loaded when they are first used, so that `import segql` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segql.compiler import service
    from segql.compiler.catalog.model import Catalog
    from segql.compiler.compiled import Compiled
    from segql.compiler.diagnostics.diagnostic import DefinitionError, Diagnostic
    from segql.compiler.format import format
    from segql.compiler.parse import parse
    from segql.compiler.pipeline import check, compile
    from segql.compiler.service import Completion, complete
    from segql.compiler.sql.query import Query
    from segql.compiler.statements import Tree
    from segql.runtime.api import Store, open
    from segql.runtime.errors import StoreError
    from segql.runtime.remote import RemoteStore, connect

__version__ = "0.1.0"

_HOMES = {
    "Catalog": "segql.compiler.catalog.model",
    "Compiled": "segql.compiler.compiled",
    "Completion": "segql.compiler.service.completion",
    "DefinitionError": "segql.compiler.diagnostics.diagnostic",
    "Diagnostic": "segql.compiler.diagnostics.diagnostic",
    "Query": "segql.compiler.sql.query",
    "RemoteStore": "segql.runtime.remote",
    "Store": "segql.runtime.api",
    "StoreError": "segql.runtime.errors",
    "Tree": "segql.compiler.statements",
    "check": "segql.compiler.pipeline",
    "compile": "segql.compiler.pipeline",
    "connect": "segql.runtime.remote",
    "complete": "segql.compiler.service.completion",
    "format": "segql.compiler.format",
    "open": "segql.runtime.api",
    "parse": "segql.compiler.parse",
    "service": "segql.compiler.service",
    # What `%load_ext segql` asks for.
    "load_ipython_extension": "segql.notebook.magics",
}

__all__ = [
    "Catalog",
    "Compiled",
    "Completion",
    "DefinitionError",
    "Diagnostic",
    "Query",
    "RemoteStore",
    "Store",
    "StoreError",
    "Tree",
    "check",
    "compile",
    "complete",
    "connect",
    "format",
    "open",
    "parse",
    "service",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'segql' has no attribute {name!r}")
    home = import_module(_HOMES[name])
    # The language services are a package of functions; all else is one thing of its home.
    value = home if name == "service" else getattr(home, name)
    globals()[name] = value
    return value
