"""Phone numbers become E.164 or are not valid."""

import pytest

from segql.runtime.store.phones import Number, read_number, read_numbers


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+16172531000", "US", Number("+16172531000", True, "US")),
        (" (617) 253-1000 ", "US", Number("+16172531000", True, "US")),
        ("1 617 253 1000", "US", Number("+16172531000", True, "US")),
        ("+1 416-978-2011", "US", Number("+14169782011", True, "CA")),
        ("020 7946 0958", "GB", Number("+442079460958", True, "GB")),
        ("0044 20 7946 0958", "GB", Number("+442079460958", True, "GB")),
        ("011 44 20 7946 0958", "US", Number("+442079460958", True, "GB")),
        ("020 7946 0958", "US", Number("020 7946 0958", False, None)),
        ("+800 1234 5678", "US", Number("+80012345678", True, None)),
        ("1-800-FLOWERS", "US", Number("1-800-FLOWERS", False, None)),
        ("617 253 1000 ext. 5", "US", Number("617 253 1000 ext. 5", False, None)),
        ("617 253 1000;ext=5", "US", Number("617 253 1000;ext=5", False, None)),
        ("617 253 1000#5", "US", Number("617 253 1000#5", False, None)),
        ("4.4E+11", "GB", Number("4.4E+11", False, None)),
        ("40404", "US", Number("40404", False, None)),
        ("112", "GB", Number("112", False, None)),
        ("+15555555555", "US", Number("+15555555555", False, None)),
        ("", "US", Number("", False, None)),
        ("none", "US", Number("none", False, None)),
    ],
)
def test_a_number_is_read_as_it_would_be_dialled(text: str, country: str, number: Number) -> None:
    assert read_number(text, country) == number


def test_known_numbers_are_not_read_again() -> None:
    numbers = read_numbers(["+16172531000", None, "6172531000"], "US", {"+16172531000": "known"})
    assert numbers == [Number("+16172531000", True, "known"), None, Number("+16172531000", True, "US")]
