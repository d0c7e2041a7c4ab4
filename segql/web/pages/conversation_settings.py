"""The gear of conversations: links, whom we tell of new texts, and the automatic answer."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from segql.sms.errors import SmsCode, SmsError
from segql.sms.roles import CHANGING
from segql.sms.settings import SmsSettings
from segql.web.access.visitors import Converser, Visitor
from segql.web.desk import AtDesk
from segql.web.rendering import go, render_page

router = APIRouter(prefix="/conversations/settings")


@router.get("")
def show_settings(request: Request, desk: AtDesk, who: Converser) -> Response:
    """The settings of conversations; who may not change them sees what they are."""
    return _settings(request, who, desk.sms.settings().model_dump())


def _settings(
    request: Request, who: Visitor, values: dict[str, Any], error: SmsError | None = None
) -> Response:
    return render_page(
        request,
        "conversations/settings.html",
        status=422 if error else 200,
        values=values,
        fields=SmsSettings.model_fields,
        may_change=who.role in CHANGING,
        error=error,
    )


@router.post("")
def change_settings(
    request: Request,
    desk: AtDesk,
    who: Converser,
    shorten_links: Annotated[bool, Form()] = False,
    forward_to: Annotated[str, Form()] = "",
    auto_respond_to: Annotated[str, Form()] = "nobody",
    auto_reply: Annotated[str, Form()] = "",
) -> Response:
    """Change them, all or none."""
    changes = {
        "shorten_links": shorten_links,
        "forward_to": forward_to.strip(),
        "auto_respond_to": auto_respond_to,
        "auto_reply": auto_reply,
    }
    try:
        desk.sms.change_settings(who.actor, who.role, changes)
    except SmsError as error:
        if error.code != SmsCode.INVALID_SETTING:
            raise
        return _settings(request, who, changes, error)
    return go(request, "/conversations/settings", "The settings are saved.")
