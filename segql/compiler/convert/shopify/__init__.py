"""Shopify's segment queries: text, clauses joined by and and or (Admin API 2026-10, and what it calls deprecated)."""

from segql.compiler.convert.shopify.queries import from_shopify
from segql.compiler.convert.shopify.words import Names

__all__ = ["Names", "from_shopify"]
