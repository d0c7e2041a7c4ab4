"""Templates to HTML: whole pages with their frame, and parts of them. Everything is escaped."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response

from segql.compiler.text import unquoted
from segql.sms.harmless import harmless
from segql.web import charts
from segql.web.access.rights import Right
from segql.web.access.visitors import Visitor, find_visitor
from segql.web.addresses import segment_path
from segql.web.code import coloured
from segql.web.desk import Desk, desk_of
from segql.web.navigation import places_for

# What was just done is told on the next page. It comes from us, and is escaped there like everything.
_SAID = "segql_said"
THEMES = ("light", "dark")


def sentence(words: str) -> str:
    """Words as a sentence begins."""
    return words[:1].upper() + words[1:]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("segql.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": lambda value: f"{value:,}",
        "percent": percent,
        "harmless": harmless,
        "share": lambda part, of: percent(part / of if of else 0),
        "signed": signed,
        "coloured": coloured,
        "money": lambda amount, currency: f"{currency} {amount:,.2f}",
        "sentence": sentence,
        "audience_name": audience_name,
        "lasting": lasting,
        "plural": lambda count, one, many=None: one if count == 1 else many or f"{one}s",
    }
    made.globals |= {
        "static": static_path,
        "Right": Right,
        "charts": charts,
        "segment_path": segment_path,
    }
    return made


def audience_name(condition: str) -> str:
    """Who is meant by a condition: where it only names a segment or a list, its name."""
    named = re.fullmatch(r'in (?:segment|list) ("(?:[^"\\]|\\.)*")', condition.strip())
    return unquoted(named[1]) if named else condition


def percent(share: float) -> str:
    """A share (0 to 1) in words of at most three digits."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"


def signed(number: int) -> str:
    """A change, with its sign."""
    return f"+{number:,}" if number > 0 else f"{number:,}".replace("-", "\u2212")


def lasting(span: timedelta | float) -> str:
    """A length of time, or its seconds: 3 d 4 h, 4 h 5 min, 5 min, under a minute."""
    minutes = int(span.total_seconds() if isinstance(span, timedelta) else span) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes % 60} min"
    return f"{minutes} min" if minutes else "under a minute"


@cache
def static_path(name: str) -> str:
    """Where a file of static/ is asked for; another one after every change, so that browsers may keep it."""
    found = (files("segql.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(found).hexdigest()[:12]}"


def render_page(connection: HTTPConnection, template: str, *, status: int = 200, **context: Any) -> Response:
    """A whole page, with the frame for whoever asks. The folder of its template is the room whose styles it has."""
    visitor: Visitor | None = getattr(connection.state, "visitor", None) or find_visitor(connection)
    said = connection.cookies.get(_SAID)
    html = render_fragment(
        connection,
        template,
        room=template.partition("/")[0].removesuffix(".html"),
        visitor=visitor,
        places=places_for(visitor, desk_of(connection)) if visitor else (),
        path=connection.url.path,
        said=unquote(said) if said else None,
        theme=_theme(connection),
        nonce=connection.state.nonce,
        unread=connection.app.state.hub.unread,
        **context,
    )
    answer = HTMLResponse(html, status)
    if said is not None:
        answer.delete_cookie(_SAID)
    return answer


def render_fragment(connection: HTTPConnection, template: str, **context: Any) -> str:
    """A part of a page."""
    address = str(connection.base_url).rstrip("/")
    return render(desk_of(connection), template, address=address, **context)


def render(desk: Desk, template: str, **context: Any) -> str:
    """A part of a page that nobody has asked for."""
    now = desk.clock()
    clock = _clock(desk.zone.key, now)
    return _environment().get_template(template).render(clock=clock, now=now, **context)


def fragment(connection: HTTPConnection, template: str, *, status: int = 200, **context: Any) -> Response:
    """A part of a page, as an answer."""
    visitor = getattr(connection.state, "visitor", None)
    return HTMLResponse(render_fragment(connection, template, visitor=visitor, **context), status)


def go(connection: HTTPConnection, path: str, said: str | None = None) -> Response:
    """Lead to another page; `said`: what is told there of what was done here."""
    answer: Response
    if "hx-request" in connection.headers:
        answer = Response(status_code=200, headers={"hx-redirect": path})
    else:
        answer = RedirectResponse(path, 303)
    if said is not None:
        answer.set_cookie(_SAID, quote(said), max_age=30, httponly=True, samesite="lax")
    return answer


def _theme(connection: HTTPConnection) -> str | None:
    theme = connection.cookies.get("segql_theme")
    return theme if theme in THEMES else None


def _clock(zone: str, now: datetime) -> Callable[[datetime], str]:
    """How instants are told: by the account's clock, the day only where it is not today."""
    from zoneinfo import ZoneInfo

    def told(at: datetime) -> str:
        local = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))
        today = now.astimezone(ZoneInfo(zone))
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return f"{local.day} {local:%b %H:%M}" if local.year == today.year else f"{local.day} {local:%b %Y}"

    return told
