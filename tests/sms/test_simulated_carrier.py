"""F01: the simulated carrier, by the contract of all carriers and in its ten ways."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from segql.sms.carriers.base import Answer, InboundText, Receipt
from segql.sms.carriers.simulated import BEHAVIOURS, SimulatedCarrier

from .carrier_contract import LATER, NOW, CarrierContract, text
from .shop import BAD, BUSY, number


class TestSimulatedCarrier(CarrierContract):
    DELIVERABLE = number(1)
    IMPOSSIBLE = number(1, BAD)

    @pytest.fixture
    def carrier(self) -> Iterator[SimulatedCarrier]:
        made = SimulatedCarrier(by_digit=True)
        yield made
        made.close()

    @pytest.mark.parametrize(
        ("digit", "answers", "words"),
        [
            (0, ["accepted"], ["DELIVRD"]),
            (1, ["accepted"], ["UNDELIV"]),
            (2, ["accepted"], ["REJECTD"]),
            (3, ["accepted"], ["EXPIRED"]),
            (4, ["accepted"], ["DELIVRD", "DELIVRD"]),
            (5, ["accepted"], ["DELIVRD", "UNDELIV"]),
            (6, ["refused"], []),
            (7, ["busy"], []),
            (8, ["accepted"], []),
            (9, ["receipt", "accepted"], ["DELIVRD"]),
        ],
    )
    def test_f01_ten_behaviours(
        self, carrier: SimulatedCarrier, digit: int, answers: list[str], words: list[str]
    ) -> None:
        reports = carrier.send([text(1, number(1, digit))], NOW)
        assert [r.outcome if isinstance(r, Answer) else "receipt" for r in reports] == answers
        assert [r.word for r in carrier.collect(LATER) if isinstance(r, Receipt)] == words

    def test_f01_busy_only_once(self, carrier: SimulatedCarrier) -> None:
        outcomes = [carrier.send([text(1, number(1, BUSY))], NOW)[-1] for _ in range(2)]
        assert [answer.outcome for answer in outcomes if isinstance(answer, Answer)] == ["busy", "accepted"]
        assert len(carrier.taken()) == 1

    def test_a09_nothing_is_delivered_after_its_validity(self, carrier: SimulatedCarrier) -> None:
        late = text(1, self.DELIVERABLE)
        carrier.send([type(late)(1, late.sender, late.number, late.text, valid_until=NOW)], NOW)
        (receipt,) = carrier.collect(LATER)
        assert isinstance(receipt, Receipt)
        assert receipt.word == "EXPIRED"

    def test_f01_a_phone_texts_at_its_instant(self, carrier: SimulatedCarrier) -> None:
        carrier.text(number(1), "hello", LATER)
        assert carrier.collect(NOW) == []
        (inbound,) = carrier.collect(LATER)
        assert isinstance(inbound, InboundText)
        assert (inbound.sender, inbound.body, inbound.occurred_at) == (number(1), "hello", LATER)


def run(seed: int) -> list[object]:
    carrier = SimulatedCarrier(seed)
    try:
        batch = [text(reference, number(reference)) for reference in range(1, 400)]
        return [*carrier.send(batch, NOW), *carrier.collect(LATER)]
    finally:
        carrier.close()


def test_f01_chance_is_deterministic_by_its_seed() -> None:
    assert run(3) == run(3)
    assert run(3) != run(4)


def test_f01_the_shares_of_behaviours_make_a_whole() -> None:
    assert sum(behaviour.share for behaviour in BEHAVIOURS) == pytest.approx(1)


def test_f01_the_network_remembers_beyond_the_process(tmp_path: Path) -> None:
    first = SimulatedCarrier(by_digit=True, path=tmp_path / "network")
    first.send([text(1, number(1))], NOW)
    first.close()
    second = SimulatedCarrier(by_digit=True, path=tmp_path / "network")
    try:
        assert [taken.body for taken in second.taken()] == ["text 1"]
        assert len(second.collect(LATER)) == 1
    finally:
        second.close()


def test_f01_a_memory_of_an_older_version_is_read(tmp_path: Path) -> None:
    path = tmp_path / "network"
    with sqlite3.connect(path) as memory:
        memory.executescript(
            """CREATE TABLE inbound (
              report_id INTEGER PRIMARY KEY, sender TEXT, body TEXT, due_at REAL, stored INTEGER DEFAULT 0);
            INSERT INTO inbound (sender, body, due_at) VALUES ('+12123000010', 'Hello', 0);"""
        )
    memory.close()
    for _ in range(2):
        carrier = SimulatedCarrier(path=path)
        (text,) = carrier.collect(NOW)
        assert isinstance(text, InboundText)
        assert (text.body, text.to) == ("Hello", carrier.sending_number)
        carrier.close()
