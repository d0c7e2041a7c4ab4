"""Pictures that went with texts, as carriers and phones get them: nobody signs in for it, and no key can be guessed."""

import re

from fastapi import APIRouter
from starlette.responses import Response

from segql.sms.errors import SmsCode, SmsError
from segql.web.desk import AtDesk

router = APIRouter()


@router.get("/pictures/{key}")
def show_picture(desk: AtDesk, key: str) -> Response:
    """A picture of the account's own. It is what its bytes say it is, and never changes."""
    if not re.fullmatch("[0-9a-f]{32}", key):
        raise SmsError(SmsCode.UNKNOWN_PICTURE, "There is nothing here.", "Check the address.")
    return picture_answer(*desk.sms.outbound.picture(key))


def picture_answer(kind: str, content: bytes) -> Response:
    """A picture, to be kept by the browser that asked for it."""
    headers = {"cache-control": "private, max-age=31536000, immutable", "content-disposition": "inline"}
    return Response(content, media_type=kind, headers=headers)
