"""SMS upon segments: gated audiences, consent, carriers, receipts, reports. Names load when first used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segql.sms.campaigns import Campaign
    from segql.sms.errors import SmsError
    from segql.sms.flows import Flow
    from segql.sms.keywords.match import classify
    from segql.sms.module import Sms
    from segql.sms.parts import Parts, count_parts, split
    from segql.sms.quiet import may_text

_HOMES = {
    "Campaign": "campaigns",
    "Flow": "flows",
    "Parts": "parts",
    "Sms": "module",
    "SmsError": "errors",
    "classify": "keywords.match",
    "count_parts": "parts",
    "may_text": "quiet",
    "split": "parts",
}

__all__ = ["Campaign", "Flow", "Parts", "Sms", "SmsError", "classify", "count_parts", "may_text", "split"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
