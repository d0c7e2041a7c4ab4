"""The pages: one module each, with its routes. A new page is a module and its line here, its template, and its row in
`navigation.py` where it is a place to go to."""

from types import ModuleType

from segql.web.pages import (
    account,
    builder,
    campaigns,
    compose,
    conversation_settings,
    conversations,
    editor,
    editor_answers,
    entrance,
    flows,
    links,
    people,
    person,
    phone,
    pictures,
    removed_segments,
    reports,
    segment_parts,
    segment_versions,
    segments,
    sending,
    sms_settings,
)

PAGES: tuple[ModuleType, ...] = (
    entrance,
    *(editor, editor_answers, builder, removed_segments, segments, segment_parts, segment_versions),
    *(people, person),
    *(campaigns, compose, sending, reports, flows),
    *(conversations, conversation_settings, phone, pictures),
    sms_settings,
    account,
    # The address of a short link is any word: whatever else is one comes before.
    links,
)
