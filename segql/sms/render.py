"""The text that each person gets: a Jinja2 template over the person's attributes, with prefix and opt-out
language."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType
from typing import Any

from jinja2 import StrictUndefined, TemplateError, UndefinedError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from segql.sms.errors import SmsCode, SmsError
from segql.sms.settings import SmsSettings
from segql.sms.substitutes import Costly, costly_in, plain

# A link in a text, until the hand-over gives each recipient's message a short one of its own.
LINK = re.compile("\x02([^\x03]*)\x03")
CODE_LENGTH = 8
# The address of a link that leads to the page on which its recipient can unsubscribe.
UNSUBSCRIBE = "unsubscribe:"
# A coupon in a text: its pool, until the hand-over puts a code there.
COUPON = re.compile("\x04([^\x05]*)\x05")
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]+")
_BRACES = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
# What people wrote about themselves has no marks of ours in it.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f]")
_NAMES = {"link", "unsubscribe_link", "coupon"}

_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
# A text knows its person and `_NAMES`, nothing else.
_ENVIRONMENT.globals.clear()


@dataclass(frozen=True)
class Text:
    """A campaign's text, read: what it needs of a person, and how it comes out.

    `attributes`: the attributes that it uses, by the name that it uses for them. `pools`: the pools of codes that there
    are, and how long their codes are. `picture`: the address of a picture that goes with it.
    """

    source: str
    settings: SmsSettings
    attributes: Mapping[str, str]
    pools: Mapping[str, int]
    picture: str | None

    @cached_property
    def _template(self) -> Any:
        return _ENVIRONMENT.from_string(self.source)

    def render(self, values: Mapping[str, Any]) -> str:
        """The whole text for a person with these attribute values, links still as `LINK` has them.

        Raises `SmsError`: MISSING_VALUE where the text needs a value that the person does not have,
        INVALID_TEXT where it cannot be made for anybody with these values.
        """
        known = {name: _plain(value) for name, value in values.items() if value is not None}
        try:
            body = self._template.render(
                known,
                link=self._mark_link,
                unsubscribe_link=lambda: f"\x02{UNSUBSCRIBE}\x03",
                coupon=self._mark_coupon,
            )
        except UndefinedError as error:
            raise SmsError(
                SmsCode.MISSING_VALUE,
                f"The text uses something that not everybody has: {error.message}.",
                "Give a default, for instance {{ first_name | default('there') }}.",
            ) from error
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise _unreadable(error) from error
        if len(set(COUPON.findall(body))) > 1:
            raise SmsError(
                SmsCode.INVALID_TEXT,
                "The text takes coupons from several pools.",
                "Take them from one: each person gets one code.",
            )
        start = f"{self.settings.prefix}: " if self.settings.prefix else ""
        return unicodedata.normalize("NFC", f"{start}{body.strip()} {self.settings.opt_out_language}")

    def as_seen(self, text: str) -> str:
        """A text as a phone will show it, as long as it will be: its links and coupons have codes of no worth."""
        return COUPON.sub(lambda found: "X" * self.pools[found[1]], as_seen(text, self.settings.link_host))

    @property
    def costly(self) -> tuple[Costly, ...]:
        """The characters of the template that make it costlier."""
        return costly_in(self.source)

    @property
    def plain(self) -> str:
        """The template in plainer characters, but for what is inside its braces."""
        pieces = _BRACES.split(self.source)
        return "".join(piece if nth % 2 else plain(piece) for nth, piece in enumerate(pieces))

    def _mark_link(self, url: str) -> str:
        if not _ADDRESS.fullmatch(str(url)):
            raise SmsError(
                SmsCode.INVALID_TEXT,
                "A link needs an address that begins with https://.",
                'For instance {{ link("https://shop.example/sale") }}.',
            )
        return f"\x02{url}\x03" if self.settings.shorten_links else str(url)

    def _mark_coupon(self, pool: str) -> str:
        require_pool(pool, self.pools)
        return f"\x04{pool}\x05"


def read_text(
    source: str,
    attributes: list[str],
    settings: SmsSettings,
    pools: Mapping[str, int] = MappingProxyType({}),
    picture: str | None = None,
) -> Text:
    """Read a template. `attributes`: the account's. `pools`: its pools of codes, with the length of the codes.

    An attribute whose name is no word is written with underscores: "Loyalty Tier" is loyalty_tier. Raises
    `SmsError` where the text is empty, cannot be read, or names something that does not exist.
    """
    if not source.strip():
        raise SmsError(SmsCode.INVALID_CAMPAIGN, "The campaign has no text.", "Write one.")
    try:
        tree = _ENVIRONMENT.parse(source)
        used = meta.find_undeclared_variables(tree) - _NAMES
    except TemplateError as error:
        raise _unreadable(error) from error
    require_picture(picture)
    by_word = {**{variable_name(name): name for name in attributes}, **{name: name for name in attributes}}
    for name in sorted(used):
        if name not in by_word:
            raise _unknown(name, list(by_word))
    return Text(source, settings, {name: by_word[name] for name in sorted(used)}, pools, picture)


def require_pool(pool: str, known: Mapping[str, int]) -> None:
    """Raise `SmsError` where there is no pool of codes of a name."""
    if pool not in known:
        raise SmsError(
            SmsCode.UNKNOWN_POOL,
            f'The text takes a coupon from "{pool}", and there is no such pool of codes.',
            f"The pools are: {', '.join(sorted(known))}." if known else "Add codes first.",
        )


def require_picture(picture: str | None) -> None:
    """Raise `SmsError` where the address of a picture is none."""
    if picture is not None and not _ADDRESS.fullmatch(picture):
        raise SmsError(
            SmsCode.INVALID_TEXT,
            "A picture needs an address that begins with https://.",
            "Put it where everybody can get it, for instance https://shop.example/coat.gif.",
        )


def shortened(text: str, host: str, codes: list[str]) -> str:
    """The text with its links shortened, each to the next of `codes`."""
    left = iter(codes)
    return LINK.sub(lambda _: f"https://{host}/{next(left)}", text)


def as_seen(text: str, host: str) -> str:
    """The text as a phone will show it, as long as it will be: its links have a code that leads nowhere."""
    return LINK.sub(f"https://{host}/{'x' * CODE_LENGTH}", text)


def variable_name(name: str) -> str:
    """How a text writes the name of an attribute: one that is no word has underscores."""
    return re.sub(r"\W+", "_", name.casefold())


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROLS.sub("", value)
    # 3.0 points are 3 points.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _unknown(name: str, known: list[str]) -> SmsError:
    near = get_close_matches(variable_name(name), known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"The attributes are: {', '.join(sorted(known))}."
    return SmsError(SmsCode.UNKNOWN_VARIABLE, f'The text uses "{name}", which is no attribute.', remedy)


def _unreadable(error: Exception) -> SmsError:
    reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return SmsError(
        SmsCode.INVALID_TEXT,
        f"The text cannot be read: {reason}.",
        "Write variables as {{ first_name }}.",
    )
