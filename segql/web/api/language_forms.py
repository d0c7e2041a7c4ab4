"""What the operations on texts of the language take and give. Places are offsets in code points, from 0."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from segql.compiler.catalog.model import ValueType
from segql.compiler.diagnostics.codes import Severity
from segql.compiler.plan.facts import Refresh
from segql.compiler.service import TokenKind
from segql.compiler.service.completion import Kind
from segql.web.api.operation import Body

Offset = Annotated[int, Field(ge=0, description="A place in the text, in code points from 0")]


class Text(Body):
    """A text in the language."""

    text: Annotated[str, Field(max_length=1_000_000)]


class TextAt(Text):
    """A text, and a place in it."""

    offset: Offset


class TextOf(Text):
    """A text, perhaps the definition of a segment of some name."""

    segment: str | None = Field(None, description="The segment whose definition the text is to be")


class Asked(Text):
    """A condition, or the name of a stored segment."""

    as_of: AwareDatetime | None = Field(None, description="The instant of asking; now, where it is left out")


class Turn(Asked):
    """A condition of which `asker` asks while it is being written."""

    asker: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="A later question of the same asker stops an earlier one, which is answered by 409"
    )
    turn: Annotated[int, Field(ge=0)] = Field(0, description="Which question of the asker is the later one")


class Place(BaseModel):
    """A stretch of the text."""

    start: Offset
    end: Offset


class Edit(Place):
    """Write `text` in the place of what stands there."""

    text: str


class Fix(BaseModel):
    """Edits that would remove a cause."""

    title: str
    edits: list[Edit]


class Mistake(Place):
    """What is wrong, or probably not meant, and what to do about it. Line and column count from 1."""

    code: str
    severity: Severity
    message: str
    remedy: str | None
    line: int
    column: int
    fixes: list[Fix]


class Checked(BaseModel):
    """What is wrong with a text, in the order of the places."""

    diagnostics: list[Mistake]


class Proposal(Place):
    """What could be written in a place. `count`: how often an event happened or a value occurs, how many people
    have an attribute, are on a list, or were in a segment as of its last refresh."""

    text: str
    kind: Kind
    type: ValueType | None
    count: int | None


class Proposals(BaseModel):
    """The likeliest first."""

    completions: list[Proposal]


class About(Place):
    """What is told of a stretch of the text; code stands in back quotes. `section`: the heading in docs/language.md."""

    title: str
    lines: list[str]
    section: str | None


class Hovered(BaseModel):
    """What is told, where there is something to tell."""

    hover: About | None


class Token(Place):
    """What a stretch of the text is."""

    kind: TokenKind


class Tokens(BaseModel):
    """What stands where, in order."""

    tokens: list[Token]


class Explained(BaseModel):
    """A definition in plain English, with its dates; when its members change; the names that it reads."""

    english: str
    explanation: str
    refresh: Refresh
    events: list[str]
    attributes: list[str]
    lists: list[str]
    segments: list[str]


class Counted(BaseModel):
    """How many people a definition means, of how many."""

    count: int
    of: int
    as_of: datetime


class Sql(Asked):
    """A condition to be written as SQL."""

    dialect: Literal["duckdb"] = "duckdb"


class Written(BaseModel):
    """The SQL, and the values of its placeholders."""

    sql: str
    parameters: dict[str, object]
