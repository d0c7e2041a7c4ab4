"""The fields of a piece of HTML as a browser sends them."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._select: str | None = None
        self._options: list[tuple[bool, str]] = []
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name")
        match tag:
            case "input" if name is not None:
                if given.get("type") != "checkbox" or "checked" in given:
                    self.found.append((name, _one_line(given["value"], given.get("type", "text"))))
            case "select":
                self._select, self._options = name, []
            case "option" if self._select is not None:
                self._options.append(("selected" in given, given["value"]))
            case "textarea" if name is not None:
                self._area = name
                self.found.append((name, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None:
            chosen = [value for is_chosen, value in self._options if is_chosen]
            self.found.append((self._select, (chosen or [self._options[0][1]])[-1]))
            self._select = None
        if tag == "textarea" and self._area is not None:
            name, text = self.found[-1]
            lines = text.replace("\r\n", "\n").replace("\r", "\n")
            self.found[-1] = (name, lines.removeprefix("\n"))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            name, text = self.found[-1]
            self.found[-1] = (name, text + data)


def _one_line(value: str, kind: str) -> str:
    return value if kind == "hidden" else value.replace("\r", "").replace("\n", "")


def fields_of(html: str) -> list[tuple[str, str]]:
    """The names and values, in order."""
    parser = _Fields()
    parser.feed(html)
    parser.close()
    return parser.found
