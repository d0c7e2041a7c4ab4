"""Example people inside a definition: `expect in: { "Placed Order": [3 days ago with Total 50], sms: subscribed }`."""

from typing import Literal

from segql.compiler.ast.base import Node
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.values import Number, Text, article
from segql.compiler.diagnostics.codes import Code
from segql.compiler.source import Span
from segql.compiler.text import listing, name_text, quoted, word_text

CONSENT_CHANNELS = ("sms", "email", "push")
CONSENT_STATUSES = ("subscribed", "unsubscribed", "pending", "blocked")


class Flag(Node, tag="boolean"):
    """true or false."""

    value: bool

    def text(self) -> str:
        return str(self.value).lower()


class Texts(Node, tag="texts"):
    """A list of texts."""

    values: tuple[str, ...] = ()

    def text(self) -> str:
        return f"[{', '.join(map(quoted, self.values))}]"


class Word(Node, tag="word"):
    """A bare word, such as the status of a consent."""

    value: str

    def text(self) -> str:
        return word_text(self.value)


ExampleValue = Text | Number | Flag | Texts | Word | Day


class PropertyValue(Node, tag=False):
    """`Total 900`."""

    name: str
    value: ExampleValue

    def text(self) -> str:
        return f"{name_text(self.name)} {self.value.text()}"


class Happening(Node, tag=False):
    """`300 days ago with Total 900 and Channel "web"`: an event at the present time of that day, or at
    the time that is written."""

    day: Day
    properties: tuple[PropertyValue, ...] = ()

    def text(self) -> str:
        properties = " and ".join(item.text() for item in self.properties)
        return f"{self.day.text()} with {properties}" if properties else self.day.text()


class Happenings(Node, tag="events"):
    """The events of one kind."""

    values: tuple[Happening, ...]

    def text(self) -> str:
        return f"[{', '.join(value.text() for value in self.values)}]"


class OnList(Node, tag="on list"):
    """`list "VIP"`: is on the list."""

    name: str

    def check(self, scope: Scope) -> None:
        """Report a list that does not exist."""
        scope.check_list(self.name, self.span)

    def text(self) -> str:
        return f"list {quoted(self.name)}"


class Fact(Node, tag="fact"):
    """`gender: "female"`, `"Placed Order": [...]`, `sms: subscribed`."""

    name: str
    value: Text | Number | Flag | Texts | Word | Day | Happenings

    def check(self, scope: Scope) -> None:
        """Report a name that does not exist, and a value that it cannot have."""
        if isinstance(self.value, Happenings):
            event = scope.check_event(self.name, self.span)
            if event is not None:
                inner = scope.of_events((event,))
                for happening in self.value.values:
                    happening.day.check(scope)
                    for item in happening.properties:
                        _check_value(inner, item.name, item.value, item.span)
        elif self.name in CONSENT_CHANNELS:
            status = self.value.value if isinstance(self.value, Word | Text) else None
            if status not in CONSENT_STATUSES:
                scope.report(
                    Code.SG302,
                    f"{self.value.text()} is no status of consent",
                    self.span,
                    f"write {listing(CONSENT_STATUSES)}",
                )
        else:
            _check_value(scope, self.name, self.value, self.span)

    def text(self) -> str:
        # Events are always written in quotes, as in conditions; the other names as words.
        name = quoted(self.name) if isinstance(self.value, Happenings) else word_text(self.name)
        return f"{name}: {self.value.text()}"


class Expectation(Node, tag=False):
    """A person who must be in, or out."""

    expected: Literal["in", "out"]
    facts: tuple[Fact | OnList, ...] = ()

    def check(self, scope: Scope) -> None:
        """Report facts about what does not exist, and values of the wrong type."""
        for fact in self.facts:
            fact.check(scope)

    def text(self) -> str:
        facts = ", ".join(fact.text() for fact in self.facts)
        return f"expect {self.expected}: {{ {facts} }}" if facts else f"expect {self.expected}: {{}}"


def _check_value(scope: Scope, name: str, value: ExampleValue, span: Span) -> None:
    kind = scope.check_value(name, span)
    fits: dict[str, tuple[type[Node], ...]] = {
        "text": (Text, Word),
        "number": (Number,),
        "boolean": (Flag,),
        "date": (Day,),
        "datetime": (Day,),
        "list": (Texts,),
    }
    if kind is not None and not isinstance(value, fits.get(kind, ())):
        scope.report(
            Code.SG302, f"{value.text()} is not what {name} holds", span, f"{name} is {article(kind)}"
        )
