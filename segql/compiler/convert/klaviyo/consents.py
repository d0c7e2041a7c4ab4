"""Lists and consent: Klaviyo's memberships and marketing consents, into text."""

from typing import Any, Literal

from segql.compiler.conditions import (
    AnyCondition,
    AnyWindow,
    CanReceive,
    ConsentStatus,
    InList,
    Length,
    MovedList,
    Not,
    Several,
)
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.windows import (
    BetweenAgo,
    BetweenDays,
    ByDay,
    Calendar,
    InTheLast,
    InTheNext,
    MoreThanAgo,
)
from segql.compiler.convert.klaviyo.windows import read_anniversary, read_window, read_window_at
from segql.compiler.convert.klaviyo.words import Converting, taken, within
from segql.compiler.convert.report import NotCarriedError

METHODS = (
    "api", "inbound_message", "preference_page", "back_in_stock", "sftp", "manual_import", "manual_add", "manual_remove",
    "bulk_remove", "checkout", "spam_complaint", "mailbox_provider", "one_click_unsubscribe", "data_warehouse_import",
    "profile_modification", "carrier_deactivation", "provided_landline", "message_blocked", "provided_no_age",
    "failed_age_gate",
)  # fmt: skip


def read_membership(converting: Converting, asked: dict[str, Any]) -> AnyCondition:
    """Who is on a list, perhaps since when. Raises `NotCarriedError`."""
    fields = {"type": str, "is_member": bool, "group_ids": list, "timeframe_filter": dict}
    taken(asked, fields, ("timeframe_filter",))
    if len(asked["group_ids"]) != 1 or not isinstance(asked["group_ids"][0], str):
        raise NotCarriedError("one list is expected here", "group_ids")
    (group,) = asked["group_ids"]
    if group not in converting.names.lists:
        converting.may_differ(f'no name is given for the list "{group}": it stands for itself')
    name = converting.names.lists.get(group, group)
    member = InList(name=name)
    if "timeframe_filter" not in asked:
        return member if asked["is_member"] else Not(child=member)
    window = read_window_at(converting, asked["timeframe_filter"], "timeframe_filter")
    if not asked["is_member"] or window is None or isinstance(window, InTheNext):
        raise NotCarriedError("this says nothing of who is on a list", "timeframe_filter")
    joined = MovedList(way="joined", name=name, window=window)
    # Who left and came back joined when they came back.
    later = _later(window)
    since = () if later is None else (Not(child=MovedList(way="joined", name=name, window=later)),)
    return Several(operator="all", children=(member, joined, *since))


def _later(window: AnyWindow) -> AnyWindow | None:
    """What lies behind a window, up to now; None where nothing does."""
    match window:
        case MoreThanAgo(length=Length() as length):
            return InTheLast(length=length)
        case BetweenAgo(low=1, unit="day"):
            return Calendar(which="this", unit="day")
        case BetweenAgo(low=low, unit="day"):
            return None if low == 0 else InTheLast(length=Length(count=low - 1, unit="day"))
        case ByDay(relation="before", day=Day() as day):
            return ByDay(relation="since", day=day)
        case BetweenDays(last=last):
            return ByDay(relation="after", day=last)
        case InTheLast() | ByDay(relation="after"):
            return None
        case _:
            raise NotCarriedError(
                "it cannot be said when somebody joined for the last time", "timeframe_filter"
            )


def read_consent(converting: Converting, asked: dict[str, Any]) -> AnyCondition:
    """Who may receive marketing by a channel, or may not. Raises `NotCarriedError`."""
    taken(asked, {"type": str, "consent": dict})
    consent = taken(asked["consent"], {"channel": str, "can_receive_marketing": bool, "consent_status": dict})
    status = taken(consent["consent_status"], {"subscription": str, "filters": list}, ("filters",))
    channel: Any = consent["channel"]
    filters = status.get("filters") or []
    try:
        match channel, consent["can_receive_marketing"], status["subscription"]:
            case ("email" | "sms", True, "subscribed") | ("push", True, "any"):
                can = CanReceive(channel=channel)
                if not filters:
                    return can
                return Several(
                    operator="all", children=(can, _status(converting, "subscribed to", channel, filters))
                )
            case ("sms" | "push", False, "any") if not filters:
                return Not(child=CanReceive(channel=channel))
            case ("email" | "sms", False, "unsubscribed"):
                return _status(converting, "unsubscribed from", channel, filters)
            case ("sms", False, "never_subscribed") if not filters:
                return ConsentStatus(status="never subscribed to", channel="sms")
            case ("email", True, _):
                raise NotCarriedError(
                    "there one who never subscribed can receive e-mail, and here nobody can"
                )
            case ("email", False, _):
                raise NotCarriedError(
                    "whether and when an address was suppressed is not asked here by itself"
                )
            case _:
                raise NotCarriedError("there is no such consent")
    except NotCarriedError as error:
        raise within("consent", error) from error


def _status(
    converting: Converting,
    status: Literal["subscribed to", "unsubscribed from"],
    channel: Any,
    filters: list[Any],
) -> AnyCondition:
    said: dict[str, Any] = {}
    for index, asked in enumerate(filters):
        try:
            found = _how(converting, asked)
            if found.keys() & said.keys():
                raise NotCarriedError("it is asked twice")
        except NotCarriedError as error:
            raise within(f"consent_status.filters[{index}]", error) from error
        said |= found
    return ConsentStatus(status=status, channel=channel, **said)


def _how(converting: Converting, asked: object) -> dict[str, Any]:
    """When a status came about, or how."""
    match asked:
        case {"field": "status_date", "filter": dict(date), **rest} if not rest:
            if read_anniversary(converting, date) is not None:
                raise NotCarriedError("a subscription has no anniversary here")
            return {"window": read_window(converting, date)}
        case {"field": "method", "method": "form", **rest}:
            match rest:
                case _ if not rest:
                    return {"method": "form"}
                case {"filter": {"type": "string", "operator": "in", "value": [str(form)]}}:
                    return {"method": "form", "via": form}
            raise NotCarriedError("one form is expected here")
        case {"field": "method", "method": str(method), **rest} if method in METHODS and not rest:
            return {"method": method}
        case {"field": str(field)}:
            raise NotCarriedError(f"{field} with this is not kept of a subscription here")
    raise NotCarriedError("a filter of a subscription is expected here")
