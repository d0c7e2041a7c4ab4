"""When an answer can change: told without running."""

import pytest

from segql.compiler.pipeline import compile
from tests.compiler.account import CATALOG


@pytest.mark.parametrize(
    ("text", "refresh"),
    [
        ('gender is "f"', "on event"),
        ('did "Placed Order"', "on event"),
        ('did "Placed Order" in the last 30 days', "at midnight"),
        ("birthday is this month", "at midnight"),
        ('did "Placed Order" before 2023-01-01', "at midnight"),
        ('did "Placed Order" in the last 3 hours', "at an instant"),
        ("created in the last 3 days", "at an instant"),
        ("created is before 2023-01-01 10:00", "at an instant"),
        ("top 5% by predicted_clv", "needs everybody"),
        ('did "Placed Order" in the last 3 hours and top 5% by predicted_clv', "needs everybody"),
    ],
)
def test_refresh(text: str, refresh: str) -> None:
    assert compile(text, CATALOG).refresh == refresh


def test_reads_follow_segments() -> None:
    compiled = compile('in segment "Subscribers" and did "Placed Order" where Total more than 5', CATALOG)
    assert compiled.reads.segments == ("Subscribers",)
    assert compiled.reads.consents == ("sms",)
    assert compiled.reads.events == ("Placed Order",)
    assert compiled.reads.attributes == ("phone_valid",)
