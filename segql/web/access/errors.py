"""What goes wrong for those who come in by the web: one error, with stable codes and the status of HTTP."""

from enum import StrEnum


class WebCode(StrEnum):
    """The stable codes of `WebError`."""

    NOT_SIGNED_IN = "W001"  # nobody is signed in, or the token is none
    NOT_PERMITTED = "W002"  # the role, or the token, may not do this
    WRONG_PASSWORD = "W003"  # no such address and password  # noqa: S105 - a code
    TOO_MANY_ATTEMPTS = "W004"  # too many wrong passwords, or requests, in too short a time
    UNKNOWN_LINK = "W005"  # an invitation that was used, has lapsed, or never was
    INVALID_INPUT = "W006"  # a field does not fit
    LAST_OWNER = "W008"  # an account has at least one owner
    UNKNOWN = "W009"  # there is no such page, or thing
    OTHER_SITE = "W010"  # the request came from a page of another site
    KEY_USED = "W011"  # the key of a request was used for another one, or is being answered
    SUPERSEDED = "W012"  # a later question of the same asker came before the answer, or they have gone
    NOT_INSTALLED = "W013"  # the server lacks an extra that the request needs


STATUS = {
    WebCode.NOT_SIGNED_IN: 401,
    WebCode.NOT_PERMITTED: 403,
    WebCode.WRONG_PASSWORD: 401,
    WebCode.TOO_MANY_ATTEMPTS: 429,
    WebCode.UNKNOWN_LINK: 404,
    WebCode.INVALID_INPUT: 422,
    WebCode.LAST_OWNER: 409,
    WebCode.UNKNOWN: 404,
    WebCode.OTHER_SITE: 403,
    WebCode.KEY_USED: 409,
    WebCode.SUPERSEDED: 409,
    WebCode.NOT_INSTALLED: 501,
}


class WebError(Exception):
    """A user's mistake. `message` says what is wrong and where, `remedy` what to do about it."""

    def __init__(self, code: WebCode, message: str, remedy: str, *, wait: int | None = None) -> None:
        """`wait`: the seconds after which it may be tried again."""
        super().__init__(f"{message} {remedy}")
        self.wait = wait
        self.code = code
        self.message = message
        self.remedy = remedy

    @property
    def status(self) -> int:
        """The status of HTTP."""
        return STATUS[self.code]
