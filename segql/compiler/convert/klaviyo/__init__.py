"""Klaviyo's segment definitions: JSON, groups joined by and, of conditions joined by or (API revision 2026-07-15)."""

from segql.compiler.convert.klaviyo.definitions import from_klaviyo, to_klaviyo
from segql.compiler.convert.klaviyo.words import Names

__all__ = ["Names", "from_klaviyo", "to_klaviyo"]
