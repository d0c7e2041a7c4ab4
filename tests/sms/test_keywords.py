"""B03 to B06: what inbound texts are taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.sms import classify
from segql.sms.keywords.match import is_reserved


@pytest.mark.parametrize("word", ["JOIN", "start", "Unstop!", " join ", "Ｊｏｉｎ", "YES", "«join»"])
def test_b03_opt_in_words(word: str) -> None:
    assert classify(word) == "opt_in"


@pytest.mark.parametrize("text", ["I want to join", "start me up", "yes please", "join us?"])
def test_b05_opt_in_is_only_ever_the_exact_word(text: str) -> None:
    assert classify(text) is None
    assert classify(text, policy="contains") is None


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT"),
        *(
            "Stop!",
            "stop.",
            "opt-out",
            "Opt  Out",
            "s t o p",
            "'stop'",
            "“STOP”",
            "STOP 🛑",
            "🙏stop🙏",
            "stop\n",
        ),
        *("S\u200bTOP", "ST\u00adOP", "\ufeffstop", "ＳＴＯＰ", "ARRÊT", "arret", "ARRE\u0302T", "stop-all"),
    ],
)
@pytest.mark.parametrize("policy", ["ask", "contains", "exact"])
def test_b04_a_text_that_is_an_opt_out_word_acts(text: str, policy: str) -> None:
    assert classify(text, policy=policy) == "opt_out"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("country", "word"),
    [("FR", "ARRÊT"), ("CA", "arret"), ("ES", "Baja"), ("ES", "ALTO"), ("DE", "stopp"), ("NL", "Afmelden")],
)
def test_b04_opt_out_words_of_other_languages(country: str, word: str) -> None:
    assert classify(word, country) == "opt_out"


SENTENCES = [
    "please stop texting me",
    "I want to cancel my order",
    "remove me",
    "Don’t text me again",
    "opt-out please",
    "STOP PLEASE",
    "I can't stop loving these shoes",
]


@pytest.mark.parametrize("text", SENTENCES)
def test_b05_an_opt_out_inside_a_sentence_follows_the_policy(text: str) -> None:
    assert classify(text) == "review"
    assert classify(text, policy="contains") == "opt_out"
    assert classify(text, policy="exact") is None


@pytest.mark.parametrize(
    "text",
    [
        "see you this weekend",
        "nonstop",
        "nonstop flights",
        "stopwatch?",
        "Where is my order?",
        "",
        "🙂",
        "...",
    ],
)
def test_b05_no_word_is_no_keyword(text: str) -> None:
    assert classify(text) is None
    assert classify(text, policy="contains") is None


def test_b05_sentences_are_read_in_the_country_s_languages() -> None:
    assert classify("quiero la baja por favor", "ES") == "review"
    assert classify("Baja California was great", "GB") is None


@pytest.mark.parametrize(
    "text",
    [
        "Liked “Acme: Sale! Reply STOP to opt out”",
        'Loved "Reply STOP to opt out"',
        "Laughed at “STOP”",
        "Removed a heart from “Reply STOP to opt out”",
        "👍 to “Reply STOP to opt out”",
    ],
)
def test_b05_a_reaction_that_quotes_us_is_no_keyword(text: str) -> None:
    assert classify(text) is None
    assert classify(text, policy="contains") is None


@pytest.mark.parametrize("word", ["Y", "y.", "YES!", "Yes"])
def test_b03_words_that_confirm(word: str) -> None:
    assert classify(word) == "opt_in"


def test_b03_a_word_that_confirms_in_one_country_says_nothing_in_another() -> None:
    assert (classify("oui", "FR"), classify("oui", "GB")) == ("opt_in", None)


@pytest.mark.parametrize("word", ["STOP", "arrêt", "Opt-Out", "lopeta", "START", "y e s", "Hilfe?"])
def test_a06_words_with_a_meaning_are_reserved_in_every_language(word: str) -> None:
    assert is_reserved(word) is (word != "Hilfe?")


@pytest.mark.parametrize("text", ["HELP", "help?", "Info", "INFO!"])
def test_b06_help_and_info(text: str) -> None:
    assert classify(text) == "help"


def test_b05_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="policy"):
        classify("STOP", policy="loose")  # type: ignore[arg-type]


NOISE = st.text(st.sampled_from(" .!?'\"“”\u200b\u200e\n\t🛑🙏-"), max_size=6)


@given(NOISE, st.sampled_from(["STOP", "Quit", "unsubscribe", "Opt out", "ARRÊT"]), NOISE)
def test_b04_no_decoration_hides_an_opt_out(before: str, word: str, after: str) -> None:
    assert classify(before + word + after) == "opt_out"


@given(st.text(max_size=40))
def test_b05_any_text_can_be_read(text: str) -> None:
    assert classify(text) in ("opt_out", "opt_in", "help", "review", None)
