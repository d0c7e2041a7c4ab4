"""The API: one module a resource, each with its routes under /api/. A new one is a module and its line here."""

from types import ModuleType

from segql.web.api import (
    asking,
    campaigns,
    conversations,
    importing,
    language,
    people,
    pictures,
    segments,
    sms,
)

APIS: tuple[ModuleType, ...] = (
    asking,
    language,
    segments,
    people,
    importing,
    campaigns,
    conversations,
    pictures,
    sms,
)
