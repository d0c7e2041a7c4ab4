"""The form of a section of the SMS settings, made from the model: a setting that is new there appears here by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen

from segql.sms.settings import SECTIONS, SmsSettings
from segql.sms.showing import shown

# From so many characters on a text has several lines.
_LONG = 300

Widget = Literal["text", "long", "number", "time", "switch", "choice"]


@dataclass(frozen=True)
class FormField:
    """A setting as a form has it. `value`: as it is written in the form; `error`: what is wrong with it; `preview`: what a
    phone shows of it, where it is words. `may_be_blank`: nothing means that there is none."""

    name: str
    label: str
    help: str
    widget: Widget
    value: str
    error: str | None
    example: str | None
    choices: Mapping[str, str]
    least: int | None
    most: int | None
    longest: int | None
    may_be_blank: bool
    default: str
    preview: str | None


def sections() -> dict[str, tuple[str, str]]:
    """The sections that have settings, with title and words."""
    used = [section_of(name) for name in SmsSettings.model_fields]
    return {key: words for key, words in SECTIONS.items() if key in used}


def fields(
    section: str,
    settings: SmsSettings,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> list[FormField]:
    """The fields of a section. `typed`: what was typed, where it is shown again; `faults`: what is wrong with it."""
    return [
        _field(name, settings, typed, (faults or {}).get(name))
        for name in SmsSettings.model_fields
        if section_of(name) == section
    ]


def read_form(section: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The changes that a form of a section asks for."""
    changes: dict[str, Any] = {}
    for field in fields(section, SmsSettings()):
        if field.widget == "switch":
            changes[field.name] = field.name in form
        elif field.name in form:
            written = form[field.name].replace("\r\n", "\n").strip()
            changes[field.name] = None if field.may_be_blank and not written else written
    return changes


def section_of(name: str) -> str:
    """The section that a setting is in."""
    return str(_extra(name)["section"])


def labels() -> dict[str, str]:
    """What each setting is called."""
    return {name: str(field.title) for name, field in SmsSettings.model_fields.items()}


def _field(name: str, settings: SmsSettings, typed: Mapping[str, str] | None, fault: str | None) -> FormField:
    field, extra = SmsSettings.model_fields[name], _extra(name)
    kinds = [kind for kind in get_args(field.annotation) or (field.annotation,) if kind is not NoneType]
    choices = extra["choices"] or {}
    longest = next((each.max_length for each in field.metadata if isinstance(each, MaxLen)), None)
    widget = "choice" if choices or get_origin(field.annotation) is Literal else _widget(kinds[0], longest)
    value = _written(getattr(settings, name))
    if typed is not None:
        value = ("on" if name in typed else "") if widget == "switch" else typed.get(name, value)
    return FormField(
        name,
        str(field.title),
        str(field.description),
        widget,
        value,
        fault,
        extra["example"],
        choices or {str(each): str(each) for each in kinds if widget == "choice"},
        next((int(each.ge) for each in field.metadata if isinstance(each, Ge)), None),  # type: ignore[call-overload]
        next((int(each.le) for each in field.metadata if isinstance(each, Le)), None),  # type: ignore[call-overload]
        longest,
        NoneType in get_args(field.annotation),
        _written(field.default),
        shown(settings, name),
    )


def _widget(kind: object, longest: int | None) -> Widget:
    if kind is bool:
        return "switch"
    if kind is int:
        return "number"
    if kind is time:
        return "time"
    return "long" if longest is not None and longest > _LONG else "text"


def _written(value: object) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "on"
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)


def _extra(name: str) -> dict[str, Any]:
    extra = SmsSettings.model_fields[name].json_schema_extra
    return extra if isinstance(extra, dict) else {}
