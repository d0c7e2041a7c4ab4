"""A mail server to hand mails to (SMTP)."""

import smtplib
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from ssl import create_default_context
from typing import Protocol
from urllib.parse import unquote, urlsplit

# A server that says nothing for so many seconds is taken to be down.
PATIENCE_SECONDS = 20


class MailServerError(Exception):
    """The mail server could not be reached, or did not take a mail. Its words are the message."""


class MailServer(Protocol):
    """What takes mails. `deliver` raises `MailServerError` where a mail was not taken."""

    @property
    def sender(self) -> str:
        """The address that mails are from."""
        ...

    def deliver(self, mail: EmailMessage) -> None:
        """Hand over a mail."""
        ...


@dataclass(frozen=True)
class SmtpServer:
    """A server that speaks SMTP. `sender`: the address that mails are from. `secure`: "tls" from the first byte,
    "starttls" after a greeting, "none" in the machine's own network."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    secure: str = "starttls"

    @classmethod
    def from_address(cls, address: str, sender: str) -> "SmtpServer":
        """Read an address: smtp://user:password@host:port (with STARTTLS), smtps:// (TLS), or smtp+plain://.

        Raises ValueError where it is none.
        """
        ways = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+plain": ("none", 25)}
        parts = urlsplit(address)
        if parts.scheme not in ways or not parts.hostname:
            raise ValueError("the address of a mail server is smtp://, smtps:// or smtp+plain://, and a host")
        secure, port = ways[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or port, sender, user, password, secure)

    def deliver(self, mail: EmailMessage) -> None:
        """Hand over a mail, on a connection of its own."""
        try:
            with ExitStack() as stack:
                if self.secure == "tls":
                    context = create_default_context()
                    server: smtplib.SMTP = stack.enter_context(
                        smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE_SECONDS, context=context)
                    )
                else:
                    server = stack.enter_context(smtplib.SMTP(self.host, self.port, timeout=PATIENCE_SECONDS))
                if self.secure == "starttls":
                    server.starttls(context=create_default_context())
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(mail)
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerError(f"{type(error).__name__}: {error}") from error
