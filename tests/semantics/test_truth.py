"""What is true: nothing set, complements, case, counts over nothing, ranks with ties, how often.

Every row names the people it means; the store and the reference must both name them, and all others for its complement.
"""

import pytest

import segql
from tests.semantics.few_people import CLICK, EVERYBODY, ORDER, TEXTED, check


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("score is not 10", "cleo dora"),
        ("score is not in (10, 7)", "dora"),
        ("score is not spare", "anna ben"),
        ("score is not in (7, spare)", "anna ben"),
        ("score is in (7, spare)", "cleo"),
        ("spare between 0 and score", "anna ben"),
        ('name is not "anna"', "ben cleo dora"),
        ('name is not in ("anna", "strasse")', "cleo dora"),
        ('name does not contain "a"', ""),
        ('name does not contain "an"', "ben cleo"),
        ('name does not start with "a"', "ben cleo dora"),
        ('name does not end with "a"', "ben cleo dora"),
        ('name does not match "^a"', "ben cleo dora"),
        ('name contains none of ("an", "caf")', "ben"),
        ('name does not contain all of ("a", "n")', "ben cleo"),
        ('tags does not contain "sales"', "ben cleo"),
        ('tags contains none of ("sales", "10")', "ben"),
        ("tags is not empty", "anna cleo"),
        ("tags is empty", "ben"),
        ("tags has at most 1 items", "ben cleo"),
        ("vip is false", "ben"),
        ("not vip is true", "ben cleo dora emil"),
        ("seen is not before today", "cleo"),
        ("seen is not ever", "cleo"),
        ("seen is ever", "anna"),
        ("spare is set", "anna ben"),
        ("spare is not set", "cleo dora emil"),
        ("score / spare is set", "anna"),  # nothing is divided by 0
        ("score + spare more than 0", "anna ben"),
        ('within 10 km of place "Shop"', ""),
    ],
)
def test_a_comparison_with_something_not_set_is_false(few: segql.Store, text: str, expected: str) -> None:
    check(few, text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name is "ANNA"', "anna"),
        ('name is "caf\u00e9"', "cleo"),
        ('name is "CAFE\u0301"', "cleo"),
        ('name is "istanbul"', "dora"),
        ('name is "straße"', ""),  # ß is another letter, not another case of ss
        ('name is exactly "Anna"', "anna"),
        ('name is exactly "anna"', ""),
        ('name is exactly "Cafe\u0301"', "cleo"),
        ('name is exactly "Caf\u00e9"', ""),
        ('name starts with "IST"', "dora"),
        ('name ends with "É"', "cleo"),
        ('name matches "^ann"', "anna"),
        ('tags contains "CAFE\u0301"', "anna"),
        ('tags contains "sal"', ""),
        ("tags contains 10", "cleo"),
        ('tags contains all of ("sales", "café")', "anna"),
        ('NAME is "anna"', "anna"),
        ('did "PLACED order" where category is "shoes"', "anna ben"),
    ],
)
def test_text_is_compared_without_case_and_unicode_form(few: segql.Store, text: str, expected: str) -> None:
    check(few, text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'number of "{ORDER}" is 0', "dora emil"),
        (f'number of "{ORDER}" is not 0', "anna ben cleo"),
        (f'number of "{ORDER}" at most 0', "dora emil"),
        (f'number of "{ORDER}" less than 2', "cleo dora emil"),
        (f'number of "{ORDER}" more than 0', "anna ben cleo"),
        (f'number of "{ORDER}" at least 0', EVERYBODY),
        (f'number of "{ORDER}" more than -1', EVERYBODY),
        (f'number of "{ORDER}" is number of "{TEXTED}"', "cleo dora emil"),
        (f'sum of Total from "{ORDER}" at most 0', "cleo dora emil"),
        (f'sum of Total from "{ORDER}" between 0 and 1', "anna cleo dora emil"),
        (f'sum of Total from "{ORDER}" is 0', "cleo dora emil"),
        (f'number of different Category from "{ORDER}" is 0', "cleo dora emil"),
        (f'number of different Category from "{ORDER}" is 1', "anna"),
        (f'number of different Category from "{ORDER}" is 2', "ben"),
        (f'average of Total from "{ORDER}" is set', "anna ben"),
        (f'minimum of Total from "{ORDER}" is -40', "ben"),
        (f'maximum of Total from "{ORDER}" less than 1000', "anna ben"),
        (f'average of Total from "{ORDER}" is 30', "ben"),
        (f'first "{ORDER}" is set', "anna ben cleo"),
        (f'last "{ORDER}" is not today', "anna ben cleo"),
        (f'last "{ORDER}" where Total more than 50 is set', "ben"),
        (f'first "{ORDER}" more than 9 days ago', "anna"),
        # Ten times 0.1 is 1, exactly.
        (f'sum of Total from "{ORDER}" is 1', "anna"),
        ("historic_clv is 1", "anna"),
        ("historic_clv is not 1", "ben"),
        ("historic_clv at most 0", ""),
        ("average_order_value is 0.1", "anna"),
    ],
)
def test_counts_and_sums_over_nothing_are_0_and_the_others_not_set(
    few: segql.Store, text: str, expected: str
) -> None:
    check(few, text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("top 1 by score", "anna ben"),
        ("top 2 by score", "anna ben"),
        ("top 3 by score", "anna ben cleo"),
        ("top 100 by score", "anna ben cleo dora"),
        ("bottom 1 by score", "dora"),
        ("bottom 3 by score", "anna ben cleo dora"),
        ("top 20% by score", "anna ben"),  # 1 of 5, and the tie
        ("bottom 20% by score", "dora"),
        ("bottom 20.1% by score", "cleo dora"),  # rounded up to 2 of 5
        ("bottom 0.01% by score", "dora"),
        ("top 100% by score", "anna ben cleo dora"),
        ("top 1 by score among (score less than 10)", "cleo"),
        ("top 50% by score among (score at most 7 or score is not set)", "cleo dora"),
        ("top 1 by spare among (vip is false)", "ben"),
        ("top 1 by 5", EVERYBODY),
        ("top 1 by score / spare", "anna"),
        (f'top 1 by number of "{ORDER}"', "anna"),
        (f'bottom 1 by number of "{ORDER}"', "dora emil"),
        ("bottom 1 by historic_clv", "anna"),
    ],
)
def test_ties_are_in_a_rank_and_people_without_the_value_never(
    few: segql.Store, text: str, expected: str
) -> None:
    check(few, text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'did "{ORDER}"', "anna ben cleo"),
        (f'did not "{ORDER}"', "dora emil"),
        (f'did "{ORDER}" once', "cleo"),
        (f'did "{ORDER}" twice', "ben"),
        (f'did "{ORDER}" at least 2 times', "anna ben"),
        (f'did "{ORDER}" at most 2 times', "ben cleo dora emil"),
        (f'did "{ORDER}" fewer than 1 times', "dora emil"),
        (f'did "{ORDER}" at least 0 times', EVERYBODY),
        (f'did "{ORDER}" exactly 0 times', "dora emil"),
        (f'did "{ORDER}" between 0 and 1 times', "cleo dora emil"),
        (f'did "{ORDER}" between 2 and 10 times', "anna ben"),
        (f'did "{ORDER}" more than 10 times', ""),
        (f'did not "{ORDER}" at least 2 times', "cleo dora emil"),
        # `any of` counts all of them together, `all of` each one.
        (f'did any of ("{CLICK}", "{TEXTED}") twice', "anna"),
        (f'did any of ("{ORDER}", "{TEXTED}") twice', "ben cleo"),
        (f'did all of ("{CLICK}", "{TEXTED}") once', "anna"),
        (f'did all of ("{ORDER}", "{TEXTED}") at most 1 times', "cleo dora emil"),
        (f'did none of ("{CLICK}", "{TEXTED}")', "ben dora emil"),
        (f'did none of ("{ORDER}", "{TEXTED}") twice', "anna dora emil"),
        (f'did not none of ("{CLICK}", "{TEXTED}")', "anna cleo"),
        (f'did any of ("{ORDER}", "{ORDER}") twice', "ben"),
        # All on the same event; a property that an event does not have is not set.
        (f'did "{ORDER}" where (Total more than 50 and Category is "hats")', ""),
        (f'did "{ORDER}" once where (not Total more than 50)', "ben cleo"),
        (f'did all of ("{ORDER}", "{CLICK}") where Category is not set', ""),
        (f'did any of ("{ORDER}", "{CLICK}") where Category is not set', "anna cleo"),
        (f'did none of ("{ORDER}", "{CLICK}") where Category is "shoes"', "cleo dora emil"),
    ],
)
def test_how_often_counts_the_events_that_are_meant(few: segql.Store, text: str, expected: str) -> None:
    check(few, text, expected)
