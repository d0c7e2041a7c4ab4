"""Addresses of things that have names, of which any text can be one: a part of a path, and back."""

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends

from segql.compiler.catalog.model import Segment
from segql.web.access.errors import WebCode, WebError
from segql.web.desk import AtDesk

# What servers and browsers take for something else inside a path, whether it is quoted or not; what is no segment's page
# but one of our own; and the sign that stands for them.
_TAKEN = re.compile(r"[%/\\~]|^(?:\.{1,2}|new|removed)$", re.IGNORECASE)
_ESCAPED = re.compile("~([0-9A-F]{2})")


def segment_path(name: str, *parts: str | int) -> str:
    """Where a segment's page is, or one below it."""
    escaped = _TAKEN.sub(lambda found: "".join(f"~{ord(sign):02X}" for sign in found[0]), name)
    return "/".join(("/segments", quote(escaped, safe=""), *map(str, parts)))


def _asked_name(name: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name)


SegmentName = Annotated[str, Depends(_asked_name)]
"""The name of a segment, stored or not, that a path with `{name}` is about."""


def _asked_segment(desk: AtDesk, wanted: SegmentName) -> Segment:
    """The stored segment that a path with `{name}` is about. Raises `WebError`."""
    segment = desk.store.catalog.segment(wanted)
    if segment is None:
        raise WebError(
            WebCode.UNKNOWN,
            f'There is no segment called "{wanted}".',
            "It may have been removed or renamed: look for it in the list of segments.",
        )
    return segment


AskedSegment = Annotated[Segment, Depends(_asked_segment)]
"""A route takes it behind its visitor, so that strangers are not told what there is."""
