"""Which stored segments use which, themselves or by a segment or a `define` that they are made of."""

from collections import defaultdict

from segql.compiler.catalog.model import Catalog
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.pipeline import compile
from segql.compiler.text import fold, quoted


def users_of_segments(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """For each folded name of a segment the names of those that use it, in their order. One that no longer compiles
    uses nothing."""
    users: dict[str, list[str]] = defaultdict(list)
    for segment in catalog.segments:
        try:
            used = compile(f"in segment {quoted(segment.name)}", catalog).reads.segments
        except DefinitionError:
            continue
        for key in dict.fromkeys(map(fold, used)):
            if key != fold(segment.name):
                users[key].append(segment.name)
    return {key: tuple(names) for key, names in users.items()}
