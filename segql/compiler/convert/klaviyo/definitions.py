"""Whole definitions: groups joined by and, of conditions joined by or; from documents, and into them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from segql.compiler.catalog.model import Catalog
from segql.compiler.compiled import Compiled
from segql.compiler.conditions import And, AnyCondition, Or
from segql.compiler.convert.klaviyo.conditions import read_condition
from segql.compiler.convert.klaviyo.words import Converting, Names
from segql.compiler.convert.klaviyo.writing import write_condition
from segql.compiler.convert.report import (
    ConvertCode,
    ConvertError,
    FromText,
    IntoText,
    NotCarriedError,
    Remark,
)
from segql.compiler.pipeline import compile_all
from segql.compiler.source import Source
from segql.compiler.statements import Ask, SegmentDefinition

ZONE = "UTC"


# ---- Into text ------------------------------------------------------------------------------------------------------


def from_klaviyo(
    text: str, name: str, names: Names | None = None, *, any_case: bool = False
) -> list[IntoText]:
    """The segments of a JSON document: an answer of Klaviyo's API with one segment or many, a segment with name and
    definition, or a definition alone.

    `name`: of the file, for remarks and for a definition that has no other. `any_case`: texts are compared in any case.
    Raises `ConvertError` where it is none of these."""
    try:
        document = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name, f"it is no JSON: {error}") from error
    found = list(_definitions(document, PurePath(name).stem, ""))
    if not found:
        raise _unreadable(name, "there is no definition in it")
    return [
        _into_text(definition, title, name, place, Converting(names or Names(), any_case))
        for definition, title, place in found
    ]


def _unreadable(name: str, why: str) -> ConvertError:
    return ConvertError(
        ConvertCode.UNREADABLE,
        f"{name} holds no segments of Klaviyo: {why}.",
        'Give what its API answers, or {"condition_groups": [...]}.',
    )


def _definitions(document: object, title: str, place: str) -> Iterator[tuple[dict[str, Any], str, str]]:
    """The definitions in a document, each with its segment's name and its place."""
    match document:
        case dict() if isinstance(document.get("condition_groups"), list):
            yield document, title, place
        case {"definition": dict(definition), **rest}:
            yield from _definitions(definition, str(rest.get("name", title)), f"{place}definition.")
        case {"attributes": dict(attributes)}:
            yield from _definitions(attributes, title, f"{place}attributes.")
        case {"data": data}:
            yield from _definitions(data, title, f"{place}data")
        case list():
            for index, item in enumerate(document):
                yield from _definitions(item, title, f"{place}[{index}].")


def _into_text(
    definition: dict[str, Any], title: str, file: str, place: str, converting: Converting
) -> IntoText:
    remarks: list[Remark] = []
    groups: list[AnyCondition] = []
    if definition.keys() != {"condition_groups"}:
        why = "it has fields besides condition_groups"
        remarks.append(Remark("left out", file, place.rstrip("."), "the definition", why))
    for index, group in enumerate(definition["condition_groups"]):
        carried = list(_group(converting, group, file, f"{place}condition_groups[{index}]", remarks))
        if carried:
            groups.append(Or(children=tuple(carried)) if len(carried) > 1 else carried[0])
    if not groups:
        if not remarks:
            remarks.append(Remark("left out", file, place, "the definition", "it has no conditions"))
        return IntoText(title, None, tuple(remarks))
    condition: Any = And(children=tuple(groups)) if len(groups) > 1 else groups[0]
    zone = ZONE if converting.uses_days else None
    segment = SegmentDefinition(name=title, condition=condition, timezone=zone)
    try:
        segment.text().encode()
    except UnicodeEncodeError as error:
        raise _unreadable(file, "a text in it is no Unicode") from error
    return IntoText(title, segment, (*remarks, *_differences(converting, file, place)))


def _group(
    converting: Converting, group: object, file: str, place: str, remarks: list[Remark]
) -> Iterator[AnyCondition]:
    match group:
        case {"conditions": list(conditions), **rest} if conditions and not rest:
            pass
        case _:
            remarks.append(Remark("left out", file, place, "a group", "it is no list of conditions"))
            return
    for index, asked in enumerate(conditions):
        try:
            yield read_condition(converting, asked)
        except NotCarriedError as error:
            inner = f".{error.place}" if error.place else ""
            kind = str(asked.get("type", "a condition")) if isinstance(asked, dict) else "a condition"
            remarks.append(Remark("left out", file, f"{place}.conditions[{index}]{inner}", kind, error.why))


def _differences(converting: Converting, file: str, place: str) -> tuple[Remark, ...]:
    where = place.rstrip(".") or "the definition"
    return tuple(Remark("may differ", file, where, "the definition", why) for why in converting.differences)


# ---- From text ------------------------------------------------------------------------------------------------------


def to_klaviyo(
    text: str, name: str, catalog: Catalog, names: Names | None = None, *, any_case: bool = False
) -> list[FromText]:
    """The segments of a text as documents with name and definition; a condition by itself has the name of its file.

    `any_case`: comparisons that regard no case may become Klaviyo's, which do. Raises `DefinitionError`."""
    return [
        _from_text(one, one.statement, name, Converting(names or Names(), any_case))
        for one in compile_all(text, catalog, name)
        if isinstance(one.statement, Ask | SegmentDefinition)
    ]


def _from_text(
    compiled: Compiled, statement: Ask | SegmentDefinition, file: str, converting: Converting
) -> FromText:
    source = compiled.scope.source
    title = statement.name if isinstance(statement, SegmentDefinition) else PurePath(file).stem
    condition = statement.condition
    zone = statement.timezone
    # Days are asked in Klaviyo's time zone, whatever the account's is.
    scope = replace(compiled.scope, zone=ZONE)
    remarks: list[Remark] = []
    groups = []
    for group in condition.children if isinstance(condition, And) else (condition,):
        conditions = []
        for asked in group.children if isinstance(group, Or) else (group,):
            days = converting.uses_days
            converting.uses_days = False
            try:
                written = write_condition(converting, asked, scope)
                if converting.uses_days and zone != ZONE and compiled.catalog.account.timezone != ZONE:
                    raise NotCarriedError(f'Klaviyo\'s days are those of UTC: write `in time zone "{ZONE}"`')
                conditions.append(written)
            except NotCarriedError as error:
                remarks.append(Remark("left out", file, _place(source, asked), asked.text(), error.why))
            converting.uses_days |= days
        if conditions:
            groups.append({"conditions": conditions})
    place = _place(source, condition)
    differing = [Remark("may differ", file, place, title, why) for why in converting.differences]
    return FromText(title, {"condition_groups": groups} if groups else None, (*remarks, *differing))


def _place(source: Source, condition: AnyCondition) -> str:
    place = source.position(condition.span.start)
    return f"line {place.line}, column {place.column}"
