"""The API: one module a resource, each with its routes under /api/. A new one is a module and its line here."""

from types import ModuleType

from segql.web.api import (
    as_code,
    asking,
    attributes,
    campaigns,
    conversations,
    drafts,
    flows,
    importing,
    language,
    people,
    phone,
    pictures,
    segments,
    sms,
)

APIS: tuple[ModuleType, ...] = (
    asking,
    language,
    as_code,
    segments,
    people,
    attributes,
    importing,
    campaigns,
    drafts,
    flows,
    conversations,
    phone,
    pictures,
    sms,
)
