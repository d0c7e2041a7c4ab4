"""Who may do what with SMS, by the role in the account."""

from segql.sms.errors import SmsCode, SmsError

CHANGING = ("owner", "admin")
CONVERSING = ("owner", "admin", "manager")
CAMPAIGNING = ("owner", "admin", "manager")


def require_changing(role: str) -> None:
    """Raise `SmsError` where a role may not set up SMS or change what belongs to it."""
    if role not in CHANGING:
        raise SmsError(
            SmsCode.NOT_PERMITTED,
            f'The role "{role}" may not set up SMS or change its settings.',
            "Ask an owner or an admin of the account.",
        )


def require_campaigning(role: str) -> None:
    """Raise `SmsError` where a role may not write, send and stop campaigns and flows."""
    if role not in CAMPAIGNING:
        raise SmsError(
            SmsCode.NOT_PERMITTED,
            f'The role "{role}" may not write, send or stop campaigns and flows.',
            "Ask an owner, an admin or a manager of the account.",
        )


def require_conversing(role: str) -> None:
    """Raise `SmsError` where a role may not use conversations."""
    if role not in CONVERSING:
        raise SmsError(
            SmsCode.NOT_PERMITTED,
            f'The role "{role}" may not use conversations.',
            "Ask an owner, an admin or a manager of the account.",
        )
