"""Permission, preference and membership as they were at an instant, which sees nothing of what came later."""

import pytest

import segql
from tests.semantics.few_people import EVERYBODY, ORDER, ago, check


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("can receive sms", "anna"),
        ("can receive transactional sms", "anna emil"),
        ("can receive email", ""),
        ("can receive push", ""),
        ("subscribed to push", "cleo"),
        ("subscribed to sms in the last 30 days", "anna"),
        ("subscribed to sms in the last 10 days", ""),
        ("subscribed to push more than 1 year ago", "cleo"),
        ("unsubscribed from sms", "ben"),
        ("unsubscribed from email in the last 10 days", "anna"),
        ("pending for email", "ben"),
        ("never subscribed to sms", "cleo dora emil"),
        ("never subscribed to email", "cleo dora emil"),
        ("engaged with email", "anna"),
        ("engaged with sms", ""),
        ("prefers email", "anna"),
        ("prefers sms", "cleo"),
        ("prefers sms over push", "cleo"),
        ("prefers sms over push in the last 1 year", "anna cleo"),
        ('in list "vip"', "anna"),
    ],
)
def test_permission_preference_and_membership_are_those_of_now(
    few: segql.Store, text: str, expected: str
) -> None:
    check(few, text, expected)


@pytest.mark.parametrize(
    ("text", "days", "expected"),
    [
        # As of a past instant, nothing of what came later is seen.
        (f'did "{ORDER}"', 3, "anna ben cleo"),
        (f'did "{ORDER}"', 4, "anna cleo"),
        (f'did "{ORDER}"', 11, ""),
        (f'number of "{ORDER}" is 1', 10, "anna"),
        (f'sum of Total from "{ORDER}" more than 1000', -1, "ben"),
        ("historic_clv is set", 4, "anna"),
        ("top 1 by historic_clv", 4, "anna"),
        ("top 1 by historic_clv", 0, "ben"),
        ("can receive email", 15, "anna"),
        ("can receive email", 10, ""),
        ("can receive push", 4, "cleo"),
        ("never subscribed to sms", 21, EVERYBODY),
        ("never subscribed to sms", 20, "ben cleo dora emil"),
        ("can receive transactional sms", 9.001, "anna"),
        ('in list "VIP"', 30, "anna"),
        ('in list "VIP"', 10, "ben"),
        ('in list "VIP"', 7, "ben"),
        ('in list "VIP"', 5, "anna ben"),
        ("prefers email", 1, "anna"),
        ("prefers email", 2, ""),
    ],
)
def test_a_past_instant_sees_what_was_then(few: segql.Store, text: str, days: float, expected: str) -> None:
    check(few, text, expected, ago(days))
