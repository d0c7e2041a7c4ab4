"""What the pages can do, programs can: each route of the pages stands beside the operation of the API that does or tells
the same, or beside the reason for which it is for people only."""

import re

from fastapi.routing import APIRoute

from segql.web.api import APIS
from segql.web.app import all_routes

# By nature for people only.
COMING_IN = "who comes in, and with which rights, is decided by somebody who is signed in"
FORM = "an empty form, or the choice that leads to one"
LOOK = "how a page looks, or is kept up to date"
LINK = "what a link in a text leads to, for whoever has the text, and the pictures of texts"

# By the path of a page, without what stands in braces.
SAME: dict[str, str] = {
    "/": LOOK,
    "/sign-in": COMING_IN,
    "/sign-out": COMING_IN,
    "/welcome/{}": COMING_IN,
    "/theme": LOOK,
    "/account": COMING_IN,
    "/account/invitations": COMING_IN,
    "/account/users/{}/role": COMING_IN,
    "/account/users/{}/remove": COMING_IN,
    "/account/tokens": COMING_IN,
    "/account/tokens/{}/remove": COMING_IN,
    "/account/by-person": "GET /api/people/by-person",
    "/account/by-person/keep": "POST /api/people/by-person/keep",
    "/account/by-person/drop": "POST /api/people/by-person/drop",
    "/{}": LINK,
    "/{}/unsubscribe": LINK,
    # Segments
    "/segments": "GET /api/segments",
    "/segments/new": "POST /api/segments",
    "/segments/{}/edit": "POST /api/segments",
    "/segments/{}": "GET /api/segments/{}",
    "/segments/{}/members": "GET /api/segments/{}/members",
    "/segments/{}/people": "GET /api/segments/{}/members",
    "/segments/removed": "GET /api/removed-segments",
    "/segments/{}/remove": "POST /api/segments/remove",
    "/segments/{}/size": "GET /api/segment-sizes",
    "/segments/{}/cost": "POST /api/cost",
    "/segments/{}/growth": "POST /api/ask",
    "/segments/{}/overlap": "POST /api/ask",
    "/segments/{}/reach": "POST /api/reach",
    "/segments/{}/examples": "POST /api/segments/test",
    "/segments/{}/why/{}": "POST /api/why",
    "/segments/{}/versions": "GET /api/segments/{}/versions",
    "/segments/{}/versions/{}": "GET /api/segments/{}/versions",
    "/segments/{}/versions/{}/restore": "POST /api/segments/{}/versions/{}/restore",
    "/editor/count": "POST /api/count",
    "/editor/meaning": "POST /api/explain",
    "/editor/people": "POST /api/show",
    "/editor/changes": "POST /api/segments/plan",
    "/editor/form": FORM,
    "/editor/form/read": FORM,
    # People
    "/people": "POST /api/people/search",
    "/people/search": "POST /api/people/search",
    "/people/{}": "POST /api/people/timeline",
    "/people/{}/timeline": "POST /api/people/timeline",
    "/people/{}/outlook": "POST /api/people/outlook",
    "/people/{}/attributes": "POST /api/show",
    "/people/{}/segments": "POST /api/people/describe",
    "/people/{}/why": "POST /api/why",
    "/people/{}/consent": "POST /api/people/consent",
    "/people/{}/unsubscribe": "POST /api/people/unsubscribe",
    "/people/{}/export": "POST /api/people/describe",
    "/people/{}/merge": FORM,
    "/people/{}/merge/{}": "POST /api/people/merge",
    "/people/{}/erase": "POST /api/people/erase",
    # Campaigns and flows
    "/campaigns": "GET /api/campaigns",
    "/campaigns/new": FORM,
    "/campaigns/advices": "GET /api/campaigns/advices",
    "/campaigns/{}": "POST /api/drafts",
    "/campaigns/{}/progress": "POST /api/campaigns/progress",
    "/campaigns/{}/recipients": "POST /api/campaigns/recipients",
    "/campaigns/{}/why/{}": "POST /api/campaigns/why",
    "/campaigns/look": "POST /api/drafts/look",
    "/campaigns/{}/remove": "POST /api/drafts/remove",
    "/campaigns/{}/copy": "POST /api/drafts",
    "/campaigns/{}/review": "POST /api/campaigns/preview",
    "/campaigns/{}/send": "POST /api/campaigns",
    "/campaigns/{}/report": "POST /api/campaigns/report",
    "/campaigns/{}/report.csv": "POST /api/campaigns/days",
    "/campaigns/all.csv": "GET /api/campaigns/figures",
    "/campaigns/flows": "POST /api/flows",
    "/campaigns/flows/new": FORM,
    "/campaigns/flows/{}": "POST /api/flows",
    "/campaigns/flows/{}/edit": "GET /api/flows",
    "/campaigns/flows/look": "POST /api/drafts/look",
    # Conversations
    "/conversations": "GET /api/conversations",
    "/conversations/list": "POST /api/conversations/search",
    "/conversations/stream": "GET /api/conversations/changes",
    "/conversations/{}": "POST /api/conversations/open",
    "/conversations/{}/now": "POST /api/conversations/open",
    "/conversations/{}/older": "POST /api/conversations/open",
    "/conversations/{}/draft": "POST /api/conversations/draft",
    "/conversations/{}/reply": "POST /api/conversations/reply",
    "/conversations/{}/decide": "POST /api/conversations/decide",
    "/conversations/times": "GET /api/conversations/responses",
    "/conversations/settings": "PATCH /api/sms/settings",
    "/phone": FORM,
    "/phone/number": FORM,
    "/phone/pictures/{}": LINK,
    "/pictures/{}": LINK,
    "/phone/texts": "POST /api/phone/text",
    "/phone/text": "POST /api/phone/text",
    # SMS
    "/sms": "GET /api/sms/settings",
    "/sms/{}": "PATCH /api/sms/settings",
    "/sms/preview/{}": LOOK,
    "/sms/setup": "POST /api/sms/setup",
    "/sms/ready": "GET /api/sms/numbers",
    "/sms/credits": "POST /api/sms/credits",
    "/sms/changes": "GET /api/sms/audit",
    "/sms/numbers": "POST /api/sms/numbers",
    "/sms/numbers/{}": "POST /api/sms/numbers/{}/activate",
    "/sms/keywords": "PUT /api/sms/keywords/{}",
    "/sms/keywords/remove": "DELETE /api/sms/keywords/{}",
}
# What one button of a page chooses among.
MOVES = {
    "/campaigns/{}/move": [
        f"POST /api/campaigns/{what}" for what in ("pause", "resume", "cancel", "withdraw")
    ],
    "/conversations/{}/move": [
        f"POST /api/conversations/{what}" for what in ("archive", "unarchive", "block", "unblock")
    ],
}
NATURE = {COMING_IN, FORM, LOOK, LINK}


def plain(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_each_page_has_its_operation_or_its_reason() -> None:
    operations = {
        f"{method} {plain(route.path)}"
        for api in APIS
        for route in api.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    pages = {plain(route.path) for route in all_routes() if not route.path.startswith("/api/")}
    assert pages == SAME.keys() | MOVES.keys(), "say above what programs do in the place of a new page"
    for same in (*SAME.values(), *(one for several in MOVES.values() for one in several)):
        assert same in operations | NATURE, same
