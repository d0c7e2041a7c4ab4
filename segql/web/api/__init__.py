"""The API: one module a resource, each with its routes under /api/. A new one is a module and its line here."""

from types import ModuleType

from segql.web.api import asking, conversations, importing, people, segments, sms

APIS: tuple[ModuleType, ...] = (asking, segments, people, importing, conversations, sms)
