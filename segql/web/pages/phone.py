"""The simulated phone: text the account as a customer does, and see what comes back. It is there with the simulated
carrier only."""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response

from segql.sms.errors import SmsCode, SmsError
from segql.sms.phone import Phone, simulated_carrier
from segql.sms.pictures import LARGEST_BYTES
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Converser
from segql.web.desk import AtDesk, Desk
from segql.web.pages.pictures import picture_answer
from segql.web.rendering import fragment, go, render_page

router = APIRouter(prefix="/phone")

# Whose phone it is: in no address, as it may be somebody's number.
_COOKIE = "segql_phone"
_TRIES = ("JOIN", "HELP", "Do the coats come in green?", "please stop texting me", "STOP")
# No phone sends longer ones: ten parts.
_LONGEST = 1600


@router.get("")
def show(request: Request, desk: AtDesk, who: Converser) -> Response:
    """The phone, in the hand of whoever was chosen, or of somebody new."""
    return _page(request, desk)


def _page(request: Request, desk: Desk, typed: str = "", error: str | None = None) -> Response:
    phone = _phone(desk)
    try:
        ours = phone.ours()
        link_host = desk.sms.settings().link_host
    except SmsError as wrong:
        if wrong.code != SmsCode.NOT_SET_UP:
            raise
        return render_page(request, "phone/off.html")
    number = _chosen(request, phone)
    answer = render_page(
        request,
        "phone/page.html",
        status=422 if error else 200,
        number=number,
        ours=ours,
        owners=phone.owners(),
        tries=_TRIES,
        typed=typed,
        error=error,
        **_texts(phone, number, link_host),
    )
    answer.set_cookie(_COOKIE, number, httponly=True, samesite="lax")
    return answer


@router.post("/number")
def choose_number(
    request: Request, desk: AtDesk, who: Converser, number: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Take the phone of somebody else, by their number; without one, of somebody new."""
    phone = _phone(desk)
    found = phone.read_number(number) if number.strip() else phone.new_number()
    if found is None:
        return _page(request, desk, number, "No phone has this number. Write it as +16175550123.")
    answer = go(request, "/phone")
    answer.set_cookie(_COOKIE, found, httponly=True, samesite="lax")
    return answer


@router.get("/texts")
def show_texts(request: Request, desk: AtDesk, who: Converser) -> Response:
    """What is on the phone by now."""
    return _fragment(request, desk)


@router.post("/text")
def send_text(
    request: Request,
    desk: AtDesk,
    who: Converser,
    body: Annotated[str, Form(max_length=_LONGEST)] = "",
    to: Annotated[str, Form(max_length=40)] = "",
    picture: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Text the account, with a picture where one was chosen."""
    phone = _phone(desk)
    ours = phone.ours()
    sent = picture.file.read(LARGEST_BYTES + 1) if picture and picture.filename else None
    if body.strip() or sent is not None:
        phone.text(_chosen(request, phone), to if to in ours else ours[0], body, sent)
    return _fragment(request, desk) if "hx-request" in request.headers else go(request, "/phone")


@router.get("/pictures/{sent_picture:int}")
def show_picture(request: Request, desk: AtDesk, who: Converser, sent_picture: int) -> Response:
    """A picture that this phone has sent."""
    phone = _phone(desk)
    found = phone.carrier.picture(_chosen(request, phone), sent_picture)
    if found is None:
        raise WebError(WebCode.UNKNOWN, "This phone has sent no such picture.", "Check the address.")
    return picture_answer(*found)


def _fragment(request: Request, desk: Desk) -> Response:
    phone = _phone(desk)
    number = _chosen(request, phone)
    return fragment(request, "phone/texts.html", **_texts(phone, number, desk.sms.settings().link_host))


def _texts(phone: Phone, number: str, link_host: str) -> dict[str, Any]:
    texts = phone.texts(number)
    return {
        "texts": [(text, _pieces(text.body, link_host)) for text in texts],
        "pictures": phone.sms.outbound.pictures(text.picture for text in texts),
    }


def _pieces(body: str, link_host: str) -> Sequence[tuple[str, str | None]]:
    """A text in pieces: words, and our own short links with the code that they lead by here."""
    split = re.split(rf"(https://{re.escape(link_host)}/[2-9a-z]+)", body)
    return [
        (piece, piece.rpartition("/")[2] if nth % 2 else None) for nth, piece in enumerate(split) if piece
    ]


def _chosen(request: Request, phone: Phone) -> str:
    return phone.read_number(request.cookies.get(_COOKIE, "")) or phone.new_number()


def _phone(desk: Desk) -> Phone:
    country = desk.store.catalog.account.country
    return Phone(desk.sms, desk.store.database, simulated_carrier(desk.sms), country, desk.clock)
