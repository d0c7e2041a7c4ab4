"""SMS settings: setting SMS up, and a place for each section of the settings, for credits and for the log of changes.

Who runs campaigns may look; owners and admins change.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from segql.sms.keywords.custom import OptIn
from segql.sms.keywords.match import reserved_words
from segql.sms.numbers import BRANDED, KINDS
from segql.sms.parts import count_parts
from segql.sms.places.law import stricter_windows
from segql.sms.prices import credits_by_country
from segql.sms.saving import check
from segql.sms.settings import SmsSettings
from segql.sms.showing import shown
from segql.web.access.errors import WebCode, WebError
from segql.web.access.visitors import Administrator, Campaigner
from segql.web.desk import AtDesk, Desk
from segql.web.pages import settings_form as form_of
from segql.web.rendering import fragment, go, render_page

router = APIRouter(prefix="/sms")

# So many changes are shown at a time.
_CHANGES = 50
# What a kind of sending number is called, and what it is for.
_KINDS = {
    "toll_free": (
        "Toll-free number",
        "Soon there, for the United States and Canada; customers text back to it.",
    ),
    "short_code": ("Short code", "3 to 8 digits, for many texts a second; takes weeks to get."),
    "long_code": ("Long code", "A number like any phone's, of the country that it texts."),
    "branded_sender_id": ("Branded sender", "A name in place of a number; nobody can text back to it."),
}


async def _typed(request: Request) -> dict[str, str]:
    """What was typed into a form, whatever its fields are."""
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Typed = Annotated[dict[str, str], Depends(_typed)]


@router.get("")
def show(request: Request, desk: AtDesk, who: Campaigner) -> Response:
    """The sending numbers; before it is set up, what SMS does and how it is set up."""
    account = desk.store.catalog.account
    if not desk.sms.account.is_set_up():
        return render_page(request, "sms/set_up.html", account=account, countries=_countries(), kinds=_KINDS)
    return _page(
        request,
        desk,
        "sms/numbers.html",
        numbers=desk.sms.account.numbers(),
        countries=_countries(),
        branded=BRANDED,
    )


@router.post("/setup")
def set_up(
    request: Request,
    desk: AtDesk,
    who: Administrator,
    kind: Annotated[str, Form()] = "toll_free",
    countries: Annotated[list[str] | None, Form()] = None,
    prefix: Annotated[str, Form()] = "",
) -> Response:
    """Turn SMS on."""
    if kind not in KINDS or kind == BRANDED:
        raise WebError(
            WebCode.INVALID_INPUT, "There is no such kind of number.", "Choose one of those offered."
        )
    done = desk.sms.setup(
        who.actor, who.role, countries=tuple(countries or ()), kind=kind, changes={"prefix": prefix.strip()}
    )
    return go(request, "/sms/ready", "SMS was set up before: nothing was changed." if done.already else None)


@router.get("/ready")
def ready(request: Request, desk: AtDesk, who: Campaigner) -> Response:
    """The confirmation at the end of the set-up, with what can be done first."""
    return _page(request, desk, "sms/ready.html", number=desk.sms.account.numbers()[0])


@router.get("/credits")
def show_credits(request: Request, desk: AtDesk, who: Campaigner) -> Response:
    """What is left, and where it went."""
    return _page(request, desk, "sms/credits.html", ledger=desk.sms.account.ledger(desk.zone.key))


@router.post("/credits")
def add_credits(
    request: Request, desk: AtDesk, who: Administrator, amount: Annotated[str, Form()] = ""
) -> Response:
    """Add bought credits."""
    if not amount.strip().isdecimal() or len(amount.strip()) > 9:
        raise WebError(WebCode.INVALID_INPUT, "That is no number of credits.", "Add one or more, as 1000.")
    left = desk.sms.add_credits(who.actor, who.role, int(amount))
    return go(request, "/sms/credits", f"{int(amount):,} credits were added: {left.credits:,} are left.")


@router.get("/changes")
def show_changes(request: Request, desk: AtDesk, who: Campaigner, shown: int = _CHANGES) -> Response:
    """Who changed what, when, and what was there before."""
    limit = min(max(shown, _CHANGES), 5000)
    found = desk.sms.account.audit(limit + 1)
    more = limit + _CHANGES if len(found) > limit else None
    return _page(request, desk, "sms/changes.html", entries=found[:limit], labels=form_of.labels(), more=more)


@router.post("/numbers")
def request_number(
    request: Request,
    desk: AtDesk,
    who: Administrator,
    kind: Annotated[str, Form()] = "",
    countries: Annotated[list[str] | None, Form()] = None,
    name: Annotated[str, Form()] = "",
) -> Response:
    """Ask for a further sending number."""
    given = name.strip() or None
    desk.sms.account.request_number(who.actor, who.role, kind, countries or [], name=given)
    return go(request, "/sms", "The number is requested. It is pending until it is activated.")


@router.post("/numbers/{request_id}")
def activate_number(
    request: Request, desk: AtDesk, who: Administrator, request_id: int, number: Annotated[str, Form()] = ""
) -> Response:
    """Take a requested number into use."""
    desk.sms.account.activate_number(who.actor, who.role, request_id, number.strip() or None)
    return go(request, "/sms", "The number is in use.")


@router.post("/keywords")
def save_keyword(
    request: Request,
    desk: AtDesk,
    who: Administrator,
    word: Annotated[str, Form()] = "",
    list: Annotated[str, Form()] = "",
    double: Annotated[bool, Form()] = False,
    reply: Annotated[str, Form()] = "",
) -> Response:
    """Add a custom keyword, or change it."""
    opt_in: OptIn = "double" if double else "single"
    desk.sms.account.save_keyword(
        who.actor, who.role, word.strip(), list.strip(), opt_in=opt_in, reply=reply.strip() or None
    )
    return go(request, "/sms/consent", "The keyword is saved.")


@router.post("/keywords/remove")
def remove_keyword(
    request: Request, desk: AtDesk, who: Administrator, word: Annotated[str, Form()] = ""
) -> Response:
    """Remove a custom keyword."""
    desk.sms.account.remove_keyword(who.actor, who.role, word)
    return go(request, "/sms/consent", "The keyword is removed.")


@router.post("/preview/{name}")
def preview(request: Request, desk: AtDesk, who: Administrator, name: str, typed: Typed) -> Response:
    """What a phone shows of a setting that is being typed."""
    if name not in SmsSettings.model_fields:
        raise WebError(WebCode.UNKNOWN, "There is no such setting.", "Load the page again.")
    changes = form_of.read_form(form_of.section_of(name), typed)
    after, faults = check(desk.sms.settings(), changes)
    bubble = None if faults else _bubble_of(shown(after, name))
    return fragment(request, "sms/bubble.html", bubble=bubble)


@router.get("/{section}")
def show_section(request: Request, desk: AtDesk, who: Campaigner, section: str) -> Response:
    """A section of the settings."""
    return _section_page(request, desk, section, form_of.fields(section, desk.sms.settings()), {})


@router.post("/{section}")
def save_section(request: Request, desk: AtDesk, who: Administrator, section: str, typed: Typed) -> Response:
    """Change the settings of a section, all that were changed or none."""
    before = desk.sms.settings()
    changes = form_of.read_form(section, typed)
    _, faults = check(before, changes)
    if faults:
        fields = form_of.fields(section, before, typed, faults)
        return _section_page(request, desk, section, fields, faults, status=422)
    after = desk.sms.change_settings(who.actor, who.role, changes)
    names = [
        label for name, label in form_of.labels().items() if getattr(before, name) != getattr(after, name)
    ]
    said = f"Saved: {', '.join(names)}." if names else "Nothing was changed."
    return go(request, f"/sms/{section}", said)


def _section_page(
    request: Request,
    desk: Desk,
    section: str,
    fields: list[form_of.FormField],
    faults: dict[str, str],
    status: int = 200,
) -> Response:
    if section not in form_of.sections():
        raise WebError(
            WebCode.UNKNOWN, "There is no such section of the settings.", "Choose one of the tabs."
        )
    shown_here = {field.name for field in fields}
    return _page(
        request,
        desk,
        "sms/section.html",
        status=status,
        section=section,
        fields=fields,
        elsewhere=[reason for name, reason in faults.items() if name not in shown_here],
        bubbles={field.name: _bubble_of(field.preview) for field in fields if field.preview},
        keywords=desk.sms.account.keywords() if section == "consent" else (),
        lists=desk.store.catalog.lists if section == "consent" else (),
        reserved=reserved_words("en") if section == "consent" else {},
        windows=stricter_windows() if section == "sending" else (),
    )


def _page(request: Request, desk: Desk, template: str, status: int = 200, **context: Any) -> Response:
    settings = desk.sms.settings()
    return render_page(
        request,
        template,
        status=status,
        settings=settings,
        sections=form_of.sections(),
        balance=desk.sms.balance(),
        kinds=_KINDS,
        **context,
    )


def _bubble_of(text: str | None) -> dict[str, Any] | None:
    """A text as a phone shows it, and what it is made of."""
    return None if text is None else {"text": text, "parts": count_parts(text)}


def _countries() -> dict[str, str]:
    """The countries that can be texted: code and name, by name."""
    import pytz

    found = {code: str(pytz.country_names.get(code, code)) for code in credits_by_country()}
    return dict(sorted(found.items(), key=lambda each: each[1]))
