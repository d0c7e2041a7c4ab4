"""The pages: one module each, with its routes. A new page is a module and its line here, its template, and its row in
`navigation.py` where it is a place to go to."""

from types import ModuleType

from segql.web.pages import (
    account,
    builder,
    campaigns,
    compose,
    editor,
    editor_answers,
    entrance,
    flows,
    people,
    person,
    reports,
    segment_parts,
    segment_versions,
    segments,
    sending,
    sms_settings,
)

PAGES: tuple[ModuleType, ...] = (
    entrance,
    *(editor, editor_answers, builder, segments, segment_parts, segment_versions),
    *(people, person),
    *(campaigns, compose, sending, reports, flows),
    sms_settings,
    account,
)
