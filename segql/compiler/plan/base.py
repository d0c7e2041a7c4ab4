"""What every node of the plan is: immutable, and compared and hashed by what it holds, so that equal parts are one."""

from msgspec import Struct


class PlanNode(Struct, frozen=True, cache_hash=True):
    """A predicate, a term, a scan, a window, an instant. Its hash, which is that of all its parts, is worked out once."""
