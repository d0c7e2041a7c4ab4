"""The pages: one module each, with its routes. A new page is a module and its line here, its template, and its row in
`navigation.py` where it is a place to go to."""

from types import ModuleType

from segql.web.pages import (
    account,
    editor,
    editor_answers,
    entrance,
    people,
    person,
    segment_parts,
    segment_versions,
    segments,
    sms_settings,
)

PAGES: tuple[ModuleType, ...] = (
    entrance,
    *(editor, editor_answers, segments, segment_parts, segment_versions),
    *(people, person),
    sms_settings,
    account,
)
