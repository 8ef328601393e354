"""The language of rules: what is read, what is refused and where, what is true of whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.customers.value.deciding import is_true, terms
from warmline.customers.value.rules import (
    DEPTH_LIMIT,
    TESTS_LIMIT,
    TEXT_LIMIT_CHARS,
    BadRule,
    read_rule,
    speaks_of,
)
from warmline.customers.value.words import SEGMENT_FIELDS, STAKE_FIELDS

KNOWN = {
    "value": 123_450,
    "value.top": 32,
    "orders": 4,
    "recency_days": 20,
    "language": "pl",
    "reason": "cancellation",
    "words": "Please CANCEL my order",
    "last_order": 250_000,
    "last_order_late": True,
    "churn_pct": 61.5,
}


@pytest.mark.parametrize(
    "text",
    [
        "value in top 5 %",
        "value in top 3.2%",
        "orders >= 3 and recency_days < 90",
        "not orders < 3",
        "language = pl",
        'language in (en, "pl")',
        "orders in (1, 4)",
        "(language = ru or language = pl) and value >= 1234.50",
        "reason = cancellation",
        'words has (cancel, "прекратить")',
        "words has cancel",
        "last_order >= 2000 and last_order_late",
        "last_order_late = yes",
        "not segment = gold",
        "everybody",
        "churn_pct > 60 %",
        "EVERYBODY AND Orders = 4",
    ],
)
def test_a_rule_that_holds(text):
    assert is_true(read_rule(text, STAKE_FIELDS), KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "value in top 3.1 %",
        "orders > 4",
        "language != pl",
        "words has refund",
        "alive_pct < 100",  # not known of this customer
        "alive_pct >= 0",
        "segment != gold",  # not known either: no comparison is true
        "last_order_late = no",
        "not everybody",
    ],
)
def test_a_rule_that_does_not_hold(text):
    assert not is_true(read_rule(text, STAKE_FIELDS), KNOWN)


@pytest.mark.parametrize(
    ("text", "code", "at", "length"),
    [
        ("", "wants_field", 0, 1),
        ("orders", "wants_comparison", 6, 1),
        ("orders >", "wants_number", 8, 1),
        ("orders > many", "wants_number", 9, 4),
        ("colour = red", "no_field", 0, 6),
        ("orders > 3 orders < 5", "wants_joining", 11, 6),
        ("(orders > 3", "wants_bracket", 11, 1),
        ("orders in 3", "wants_list", 10, 1),
        ("orders in (1, 2", "wants_bracket", 15, 1),
        ("recency_days in top 5 %", "no_top", 16, 3),
        ("value in top 0 %", "no_share", 13, 1),
        ("value in top 101 %", "no_share", 13, 3),
        ("value in top 5.55 %", "no_share", 13, 4),
        ("value in top 5", "wants_percent", 14, 1),
        ("language > pl", "no_order", 9, 1),
        ('language = ""', "empty_text", 11, 2),
        ('language = "pl', "unended_quote", 11, 3),
        ("orders ? 3", "strange_sign", 7, 1),
        ("orders = 3 and", "wants_field", 14, 1),
        ("language has pl", "no_text", 9, 3),
        ("words = cancel", "wants_has", 6, 1),
        ("last_order_late = maybe", "wants_yes_or_no", 18, 5),
        ("orders > 9999999999999", "too_large", 9, 13),
        ("and orders > 3", "wants_field", 0, 3),
    ],
)
def test_a_mistake_is_named_at_its_place(text, code, at, length):
    with pytest.raises(BadRule) as refused:
        read_rule(text, STAKE_FIELDS)
    problem = refused.value.problem
    assert (problem.code, problem.at, problem.length) == (code, at, length)
    assert problem.detail


def test_every_limit_is_refused_not_passed():
    for text, code in (
        ("x" * (TEXT_LIMIT_CHARS + 1), "too_long"),
        (" and ".join(["orders=1"] * (TESTS_LIMIT + 1)), "too_many_tests"),
        ("not " * (DEPTH_LIMIT + 2) + "everybody", "too_deep"),
        (f"orders in ({', '.join(['1'] * 101)})", "too_many_values"),
    ):
        with pytest.raises(BadRule) as refused:
            read_rule(text, SEGMENT_FIELDS)
        assert refused.value.problem.code == code


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_a_mistake_inside_it(text):
    mistake = None
    try:
        read_rule(text, STAKE_FIELDS)
    except BadRule as bad:
        mistake = bad.problem
    if mistake is not None:
        assert 0 <= mistake.at <= len(text)
        assert mistake.length >= 1


def test_terms_say_what_was_asked_and_found_but_not_what_was_written():
    rule = read_rule("value in top 5 % and words has cancel and orders >= 9", STAKE_FIELDS)
    found = [(one.field, one.op, one.wanted, one.found, one.fits) for one in terms(rule, KNOWN)]
    assert found == [
        ("value", "top", 5.0, 3.2, True),
        ("words", "has", ("cancel",), None, True),
        ("orders", ">=", 9.0, 4, False),
    ]
    assert speaks_of(rule) == {"value", "words", "orders"}


def test_sums_are_in_the_currency_as_it_is_spoken():
    assert is_true(read_rule("value >= 1234.5", SEGMENT_FIELDS), KNOWN)
    assert not is_true(read_rule("value >= 1234.51", SEGMENT_FIELDS), KNOWN)
    assert is_true(read_rule("value >= 123450", SEGMENT_FIELDS, digits=0), KNOWN)
