"""What people write before they know the words: one message, and a fix that says it in the language."""

import pytest

from segql.compiler.diagnostics.fixes import fixed
from segql.compiler.pipeline import check
from tests.compiler.account import CATALOG

IDIOMS = {
    'gender is "f" or "m"': 'gender is in ("f", "m")',
    'gender is not "f" or "m"': 'gender is not in ("f", "m")',
    '"Loyalty Tier" is "gold" or "silver" and can receive sms': (
        '"Loyalty Tier" is in ("gold", "silver") and can receive sms'
    ),
    'gender contains "f" or "m"': 'gender contains any of ("f", "m")',
    'gender contains "f" and "m"': 'gender contains all of ("f", "m")',
    'did "Placed Order" or "Opened Email"': 'did any of ("Placed Order", "Opened Email")',
    'did "Placed Order" and "Opened Email"': 'did all of ("Placed Order", "Opened Email")',
    'did not "Placed Order" or "Opened Email"': 'did none of ("Placed Order", "Opened Email")',
    'did "Opened Email" and then "Placed Order"': 'did "Opened Email" then "Placed Order"',
    'did "Opened Email" then did "Placed Order"': 'did "Opened Email" then "Placed Order"',
    "can receive sms and email": "can receive sms and can receive email",
    'last "Placed Order" at least 30 days ago': 'last "Placed Order" more than 30 days ago',
    'did "Placed Order" within 30 days': 'did "Placed Order" in the last 30 days',
    'each item of "SMS Preferences" contains "a"': 'every item of "SMS Preferences" contains "a"',
    "gender is f": 'gender is "f"',
    "Loyalty Tier is set": '"Loyalty Tier" is set',
    "did Placed Order twice": 'did "Placed Order" twice',
    'did "Placed Order" last 30 days': 'did "Placed Order" in the last 30 days',
    'did "Placed Order" for the last 30 days': 'did "Placed Order" in the last 30 days',
    'did "Placed Order" within the past 30 days': 'did "Placed Order" in the last 30 days',
    'did "Placed Order" atleast 3 times': 'did "Placed Order" at least 3 times',
    'gender starts "f"': 'gender starts with "f"',
    'received "June"': 'received campaign "June"',
    "can sms": "can receive sms",
    'did "Placed Order" where any item of Items has (price > 50)': (
        'did "Placed Order" where any item of Items where (price > 50)'
    ),
}


@pytest.mark.parametrize(("text", "meant"), IDIOMS.items())
def test_an_idiom_has_one_message_and_its_fix(text: str, meant: str) -> None:
    problems = [one for one in check(text, CATALOG) if one.severity == "error"]
    assert len(problems) == 1
    result = fixed(text, lambda written: [one for one in check(written, CATALOG) if one.severity == "error"])
    assert result.text == meant
    assert not [one for one in check(meant, CATALOG) if one.severity == "error"]
