"""What syntax trees and catalogs are made of: immutable records that are written as JSON and read from it."""

from collections.abc import Callable, Mapping, Sequence
from inspect import cleandoc
from typing import Any, Self, TypeVar, dataclass_transform

import msgspec

_Read = TypeVar("_Read")


class _ByName(msgspec.StructMeta):
    """All fields are given by their names, so that a family's first fields may have defaults."""

    def __new__(cls, *of: Any, **settings: Any) -> "_ByName":
        return super().__new__(cls, *of, kw_only=True, **settings)


@dataclass_transform(field_specifiers=(msgspec.field,), frozen_default=True, kw_only_default=True)
class Record(msgspec.Struct, metaclass=_ByName, frozen=True, forbid_unknown_fields=True, dict=True):
    """Data with typed fields. What comes from outside is validated; what Python code makes is not, as it has types."""

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read it from JSON. Raises ValueError, which says what does not fit and where, as `$.statements[0].name`."""
        return _read(lambda: msgspec.json.decode(text, type=cls))

    def to_json(self) -> str:
        """The record as JSON, readable by `from_json`."""
        return msgspec.json.encode(self, enc_hook=_in_full).decode()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it from what `json.loads` gives. Raises ValueError as `from_json` does."""
        return _read(lambda: msgspec.convert(data, cls))

    def to_dict(self) -> dict[str, Any]:
        """The record as `json.loads` gives it, readable by `from_dict`."""
        data: dict[str, Any] = msgspec.json.decode(self.to_json())
        return data

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """The JSON Schema (2020-12) of its JSON."""
        schema: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(cls)))
        for definition in schema["$defs"].values():
            definition["description"] = cleandoc(definition["description"])
        return schema

    def validated(self) -> Self:
        """The same, after a look at the types of all fields. Raises ValueError as `from_json` does."""
        return self.from_json(self.to_json())

    def changed(self, **fields: Any) -> Self:
        """The same with other values in some fields."""
        return msgspec.structs.replace(self, **fields)


def _in_full(value: object) -> object:
    """What a store reads when it is asked for (postal codes, values that were seen), as it is written down."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise ValueError(f"{type(value).__name__} has no place in JSON: {value!r}")


def _read(reading: Callable[[], _Read]) -> _Read:
    try:
        return reading()
    except RecursionError as error:
        raise ValueError("this is nested too deeply") from error
