"""What a phone shows of a setting that is words: the reply, or an example of a text with it."""

from segql.sms.render import read_text
from segql.sms.settings import SmsSettings

_EXAMPLE = 'Our new coats are here. See them first: {{ link("https://shop.example/coats") }}'
_AROUND_TEXTS = ("prefix", "opt_out_language", "shorten_links", "link_host")


def shown(settings: SmsSettings, name: str) -> str | None:
    """The text on a phone that a setting has a part in; None for one that is not about words."""
    if name.endswith("_reply"):
        return settings.reply(name.removesuffix("_reply"))  # type: ignore[arg-type]
    if name in _AROUND_TEXTS:
        text = read_text(_EXAMPLE, [], settings)
        return text.as_seen(text.render({}))
    return None
