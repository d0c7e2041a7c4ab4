"""The catalogue of diagnostics: one row a code. A code never changes its meaning; docs/errors.md has an entry for each."""

from enum import Enum
from typing import Literal

Severity = Literal["error", "warning", "hint"]


class Code(Enum):
    """A stable code with its severity and its title."""

    SG101 = ("error", "The text cannot be read here")
    SG102 = ("error", "`and` and `or` stand on one level")
    SG103 = ("error", "Conditions are nested too deeply")
    SG104 = ("error", "The text is too long")
    SG105 = ("error", "A date or time that does not exist")
    SG106 = ("error", "Numbers in the wrong order or out of range")
    SG107 = ("error", "Something else than this kind of statement was expected")
    SG120 = ("error", "Too many conditions")
    SG201 = ("error", "No attribute of this name")
    SG202 = ("error", "No event of this name")
    SG203 = ("error", "No property of this name")
    SG204 = ("error", "No list of this name")
    SG205 = ("error", "No segment of this name")
    SG206 = ("error", "No place of this name")
    SG207 = ("error", "A segment that asks for itself")
    SG208 = ("error", "Two segments of one name")
    SG209 = ("error", "No define of this name")
    SG210 = ("error", "No set of countries of this name")
    SG211 = ("error", "A call that does not fit its define")
    SG212 = ("error", "No time zone of this name")
    SG213 = ("error", "A parameter that nobody gives")
    SG301 = ("error", "This operator does not work on this type")
    SG302 = ("error", "A value of the wrong type")
    SG303 = ("error", "An amount in another currency than the account's")
    SG304 = ("error", "A pattern that cannot be read")
    SG305 = ("error", "A window that no event can be in")
    SG306 = ("error", "Something about people where an event is asked")
    SG307 = ("error", "A sequence that does not begin with an event")
    SG308 = ("error", "No history is kept of this attribute")
    SG309 = ("error", "Something that the account's own tables do not have")
    SG401 = ("warning", "Conditions that exclude each other")
    SG402 = ("warning", "A condition that everybody fulfils")
    SG403 = ("warning", "A condition that changes nothing")
    SG404 = ("warning", "Windows that cannot overlap")
    SG405 = ("warning", "A value that was never seen")
    SG406 = ("hint", "A negative operator leaves out those without a value")
    SG407 = ("warning", "An audience without consent")

    def __init__(self, severity: Severity, title: str) -> None:
        self.severity: Severity = severity
        self.title = title
