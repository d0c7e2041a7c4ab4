"""What every carrier must do: a suite that each carrier's tests inherit, giving a carrier of its own kind."""

from datetime import UTC, datetime, timedelta

from segql.sms.carriers.base import COMMON_RATES, Answer, Carrier, OutboundText, Receipt
from segql.sms.messages import REASONS

NOW = datetime(2026, 6, 1, 16, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def text(reference: int, number: str) -> OutboundText:
    return OutboundText(reference, "+18885550100", number, f"text {reference}", NOW + timedelta(hours=3))


class CarrierContract:
    """Inherit, and define the fixture `carrier` and a number that is `DELIVERABLE` and one that is `IMPOSSIBLE`."""

    DELIVERABLE: str
    IMPOSSIBLE: str

    def test_f01_a_text_is_answered_and_its_receipt_follows(self, carrier: Carrier) -> None:
        answers = carrier.send([text(1, self.DELIVERABLE)], NOW)
        (answer,) = answers
        assert isinstance(answer, Answer)
        assert (answer.reference, answer.outcome) == (1, "accepted")
        (receipt,) = carrier.collect(LATER)
        assert isinstance(receipt, Receipt)
        assert (receipt.carrier_id, receipt.status) == (answer.carrier_id, "delivered")

    def test_f01_an_impossible_number_is_refused_with_a_reason(self, carrier: Carrier) -> None:
        (answer,) = carrier.send([text(1, self.IMPOSSIBLE)], NOW)
        assert isinstance(answer, Answer)
        assert answer.outcome == "refused"
        assert answer.reason
        assert not carrier.collect(LATER)

    def test_f01_every_text_has_an_id_of_its_own(self, carrier: Carrier) -> None:
        answers = carrier.send([text(reference, self.DELIVERABLE) for reference in range(1, 6)], NOW)
        assert len({answer.carrier_id for answer in answers}) == 5

    def test_f01_reports_are_offered_until_acknowledged(self, carrier: Carrier) -> None:
        carrier.send([text(1, self.DELIVERABLE)], NOW)
        first = carrier.collect(LATER)
        assert carrier.collect(LATER) == first
        carrier.acknowledge(first)
        assert not carrier.collect(LATER)

    def test_f01_one_text_that_fails_touches_no_other(self, carrier: Carrier) -> None:
        numbers = [self.DELIVERABLE, self.IMPOSSIBLE, self.DELIVERABLE]
        answers = carrier.send([text(reference, number) for reference, number in enumerate(numbers, 1)], NOW)
        outcomes = {one.reference: one.outcome for one in answers if isinstance(one, Answer)}
        assert outcomes == {1: "accepted", 2: "refused", 3: "accepted"}

    def test_f01_reasons_are_those_that_people_are_told(self, carrier: Carrier) -> None:
        (answer,) = carrier.send([text(1, self.IMPOSSIBLE)], NOW)
        assert isinstance(answer, Answer)
        assert answer.reason in REASONS

    def test_f01_an_empty_batch_is_nothing(self, carrier: Carrier) -> None:
        assert list(carrier.send([], NOW)) == []
        carrier.acknowledge([])
        assert not carrier.collect(LATER)
        assert dict(carrier.find([])) == {}

    def test_f01_what_was_acknowledged_is_not_offered_again_and_what_was_not_is(
        self, carrier: Carrier
    ) -> None:
        carrier.send([text(reference, self.DELIVERABLE) for reference in (1, 2)], NOW)
        both = carrier.collect(LATER)
        carrier.acknowledge(both[:1])
        assert list(carrier.collect(LATER)) == list(both[1:])

    def test_c06_its_rates_are_above_zero_and_of_kinds_that_there_are(self, carrier: Carrier) -> None:
        assert all(rate > 0 for rate in carrier.rates.values())
        assert set(carrier.rates) <= set(COMMON_RATES)

    def test_c05_a_carrier_says_which_texts_it_had(self, carrier: Carrier) -> None:
        (answer,) = carrier.send([text(1, self.DELIVERABLE)], NOW)
        found = carrier.find([1, 2])
        assert found.get(1) == answer.carrier_id
        assert found.get(2) is None
