"""What customers follow from their phones: short links, and the page to unsubscribe. Nobody signs in for it.

Following a link changes no consent, as programs follow links, too: the page to unsubscribe has a button.
"""

import re

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from segql.sms.errors import SmsCode, SmsError
from segql.sms.render import CODE_LENGTH
from segql.web.desk import AtDesk
from segql.web.rendering import render_page

router = APIRouter()


@router.api_route("/{code}", methods=["GET", "HEAD"])
def follow(request: Request, desk: AtDesk, code: str) -> Response:
    """Lead to where a short link leads, and note the click. Who asks for no more than the head does not read it."""
    agent = request.headers.get("user-agent", "")
    click = desk.sms.click(_known(code), agent=f"preview {agent}" if request.method == "HEAD" else agent)
    if click.url is None:
        return render_page(request, "links/unsubscribe.html", code=code, prefix=_prefix(desk), done=False)
    return RedirectResponse(click.url, 302, headers={"referrer-policy": "no-referrer"})


@router.post("/{code}/unsubscribe")
def unsubscribe(request: Request, desk: AtDesk, code: str) -> Response:
    """End the consent of the number that the link was sent to."""
    desk.sms.outbound.unsubscribe(_known(code))
    return render_page(request, "links/unsubscribe.html", code=code, prefix=_prefix(desk), done=True)


def _prefix(desk: AtDesk) -> str:
    return desk.sms.settings().prefix


def _known(code: str) -> str:
    """A word that can be a code. Raises `SmsError`."""
    if not re.fullmatch(rf"[2-9a-z]{{{CODE_LENGTH}}}", code):
        raise SmsError(SmsCode.UNKNOWN_LINK, "There is nothing here.", "Check the address.")
    return code
