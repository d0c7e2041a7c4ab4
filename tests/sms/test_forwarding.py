"""A07 and D08: texts that are no keywords go on by e-mail, through a real mail server, and none is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from segql.sms import Sms
from segql.sms.mail import MailServerError, SmtpServer

from .shop import NOON, Shop, number

ANN = number(1)
MINUTE = timedelta(minutes=1)


class Letterbox:
    """What a mail server does with mails: it keeps them, unless it is told to answer something else."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return self.answer


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def listening(box: Letterbox, port: int) -> Iterator[Controller]:
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield controller
    finally:
        controller.stop()


@pytest.fixture
def server(port: int) -> Iterator[Controller]:
    with listening(Letterbox(), port) as controller:
        yield controller


@pytest.fixture
def box(server: Controller) -> Letterbox:
    found: Letterbox = server.handler
    return found


@pytest.fixture
def mailing(shop: Shop, server: Controller, port: int) -> Shop:
    """A shop that forwards texts to a real mail server."""
    shop.sms.change_settings("ann", "owner", {"forward_to": "desk@acme.example"})
    shop.sms = _with_mail(shop, SmtpServer("127.0.0.1", port, "texts@acme.example", secure="none"))
    shop.add([ANN], first_name=["Ann"])
    return shop


def _with_mail(shop: Shop, server: SmtpServer) -> Sms:
    return Sms(shop.sms._store, shop.carrier, clock=lambda: shop.now, mail=server)


def text_of(mail: EmailMessage) -> str:
    return mail.get_content().replace("\r\n", "\n")


def test_a07_a_text_that_is_no_keyword_is_forwarded_once(mailing: Shop, box: Letterbox) -> None:
    mailing.text(ANN, "Do the coats come in grün? 🧥")
    assert mailing.sms.inbound.forward() == 1
    assert mailing.sms.inbound.forward() == 0
    (mail,) = box.mails
    assert (mail["To"], mail["From"]) == ("desk@acme.example", "texts@acme.example")
    assert mail["Subject"] == f"Text from Ann ({ANN})"
    assert text_of(mail) == "Do the coats come in grün? 🧥\n"
    assert mail["Message-ID"] == f"<sms-1-{int(NOON.timestamp())}@acme.example>"
    assert mailing.scalar("SELECT count(*) FROM sms_forwards") == 0


@pytest.mark.parametrize("text", ["STOP", "JOIN", "HELP", "COATS"])
def test_a07_keywords_are_not_forwarded(mailing: Shop, box: Letterbox, text: str) -> None:
    mailing.sms.account.save_keyword("ann", "owner", "COATS", "Coats")
    mailing.text(ANN, text)
    assert mailing.sms.inbound.forward() == 0
    assert box.mails == []


def test_d04_texts_of_a_blocked_number_are_not_forwarded(mailing: Shop) -> None:
    mailing.text(ANN, "hello")
    mailing.sms.conversations.block("ann", "owner", ANN, at=NOON + MINUTE)
    mailing.text(ANN, "hello again", at=NOON + 2 * MINUTE)
    assert mailing.sms.inbound.forward(at=NOON + 3 * MINUTE) == 1


def test_d08_without_an_address_nothing_is_forwarded(shop: Shop) -> None:
    shop.text(ANN, "hello")
    assert shop.scalar("SELECT count(*) FROM sms_forwards") == 0


def test_a07_nothing_is_lost_while_the_server_is_down(shop: Shop, port: int) -> None:
    shop.sms.change_settings("ann", "owner", {"forward_to": "desk@acme.example"})
    shop.sms = _with_mail(shop, SmtpServer("127.0.0.1", port, "texts@acme.example", secure="none"))
    for index in range(3):
        shop.text(ANN, f"question {index}")
    assert shop.sms.inbound.forward() == 0
    # It is not asked again before its time, and each wait is longer than the one before.
    assert shop.scalar("SELECT min(due_at) FROM sms_forwards") == (NOON + MINUTE).replace(tzinfo=None)
    assert shop.sms.inbound.forward(at=NOON + MINUTE) == 0
    assert shop.scalar("SELECT min(due_at) FROM sms_forwards") == (NOON + 3 * MINUTE).replace(tzinfo=None)
    assert "Refused" in shop.scalar("SELECT any_value(failure) FROM sms_forwards")
    box = Letterbox()
    with listening(box, port):
        assert shop.sms.inbound.forward(at=NOON + 10 * MINUTE) == 3
    assert [text_of(mail) for mail in box.mails] == [f"question {index}\n" for index in range(3)]


def test_a07_a_mail_that_the_server_refuses_is_kept_and_the_next_one_goes(
    mailing: Shop, box: Letterbox
) -> None:
    mailing.text(ANN, "one")
    box.answer = "451 try again later"
    assert mailing.sms.inbound.forward() == 0
    box.answer = "250 OK"
    mailing.text(ANN, "two")
    assert mailing.sms.inbound.forward() == 1
    assert mailing.sms.inbound.forward(at=NOON + MINUTE) == 1
    assert [text_of(mail) for mail in box.mails] == ["two\n", "one\n"]


def test_a07_a_name_cannot_write_into_the_head_of_a_mail(mailing: Shop, box: Letterbox) -> None:
    mailing.add([number(2)], first_name=["Bob\r\nBcc: everybody@acme.example"], last_name=["\u202eevil"])
    mailing.text(number(2), "hi\r\n.\r\nMAIL FROM:<x@y.example>\x1b[31m")
    assert mailing.sms.inbound.forward() == 1
    (mail,) = box.mails
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"] and "\u202e" not in mail["Subject"]
    assert "\x1b" not in text_of(mail)
    assert "MAIL FROM:<x@y.example>" in text_of(mail)


def test_d07_a_picture_and_a_possible_opt_out_are_noted(mailing: Shop, box: Letterbox) -> None:
    mailing.sms.receive(ANN, "+18885550100", "please stop", carrier_id="m1", pictures=1)
    mailing.sms.inbound.forward()
    assert "1 picture" in text_of(box.mails[0])
    assert "may be an opt-out" in text_of(box.mails[0])


def test_what_an_erased_person_wrote_is_not_forwarded(mailing: Shop, box: Letterbox) -> None:
    from segql.runtime.store.erasure import erase_person

    mailing.text(ANN, "hello")
    erase_person(mailing.database, mailing.scalar("SELECT profile_id FROM profiles"), NOON, "ann", b"x" * 32)
    assert mailing.sms.inbound.forward() == 0
    assert box.mails == []


@pytest.mark.parametrize(
    ("address", "secure", "port"),
    [
        ("smtp://u%40x:p%2Fw@mail.example:2525", "starttls", 2525),
        ("smtps://mail.example", "tls", 465),
        ("smtp+plain://mail.example", "none", 25),
    ],
)
def test_the_address_of_a_mail_server(address: str, secure: str, port: int) -> None:
    server = SmtpServer.from_address(address, "texts@acme.example")
    assert (server.host, server.secure, server.port) == ("mail.example", secure, port)
    if "@" in address:
        assert (server.user, server.password) == ("u@x", "p/w")


@pytest.mark.parametrize("address", ["mail.example", "http://mail.example", "smtp://"])
def test_what_is_no_address_of_a_mail_server(address: str) -> None:
    with pytest.raises(ValueError, match="smtp://"):
        SmtpServer.from_address(address, "a@b.example")


def test_a_server_without_starttls_gets_no_mail_in_the_clear(
    server: Controller, port: int, box: Letterbox
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@acme.example", "b@acme.example"
    with pytest.raises(MailServerError, match="STARTTLS"):
        SmtpServer("127.0.0.1", port, "a@acme.example").deliver(mail)
    assert box.mails == []
