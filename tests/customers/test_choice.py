"""Whose are these claims: the rule as a table, and what holds whatever comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.core.words import CustomerId, Verification
from warmline.customers.choice import (
    IDENTITIES,
    PROVEN,
    SURENESS,
    Choice,
    Holder,
    choose,
    is_identity,
    standing,
)
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.resolution import plain

EMAIL, PHONE, LOGIN, COOKIE = (
    IdentifierKind.EMAIL,
    IdentifierKind.PHONE,
    IdentifierKind.LOGIN,
    IdentifierKind.COOKIE,
)
CLAIMED, MATCHED, VERIFIED = Verification.CLAIMED, Verification.MATCHED, Verification.VERIFIED
ANNA, JAN, EVA = CustomerId("anna"), CustomerId("jan"), CustomerId("eva")
MAIL, NUMBER, DEVICE, SIGNED = (EMAIL, "a@x"), (PHONE, "+1"), (COOKIE, "c"), (LOGIN, "anna")


def claim(key, level):
    return Claim(kind=key[0], value=key[1], verification=level)


def has(who, level=MATCHED, *, identified=False):
    return Holder(customer=who, verification=level, identified=identified)


FAMILY = {NUMBER: [has(ANNA), has(JAN)], DEVICE: [has(ANNA)], MAIL: [has(JAN)]}


@pytest.mark.parametrize(
    ("claims", "holders", "choice"),
    [
        pytest.param([], {}, Choice(), id="nothing is said"),
        pytest.param([claim(MAIL, MATCHED)], {}, Choice(), id="nobody has it"),
        pytest.param(
            [claim(MAIL, MATCHED)],
            {MAIL: [has(ANNA)]},
            Choice(customer=ANNA, verification=MATCHED),
            id="one person has it",
        ),
        pytest.param(
            [claim(NUMBER, MATCHED)],
            FAMILY,
            Choice(candidates=(ANNA, JAN)),
            id="a family's telephone is asked about",
        ),
        pytest.param(
            [claim(NUMBER, MATCHED), claim(DEVICE, MATCHED)],
            FAMILY,
            Choice(customer=ANNA, verification=MATCHED),
            id="the device says who of the family",
        ),
        pytest.param(
            [claim(NUMBER, MATCHED), claim(MAIL, CLAIMED)],
            FAMILY,
            Choice(customer=JAN, verification=CLAIMED),
            id="what was only typed narrows down, and is as sure as that",
        ),
        pytest.param(
            [claim(NUMBER, MATCHED), claim(MAIL, CLAIMED)],
            {NUMBER: [has(ANNA), has(JAN)], MAIL: [has(EVA)]},
            Choice(candidates=(ANNA, JAN)),
            id="what contradicts is left aside",
        ),
        pytest.param(
            [claim(NUMBER, MATCHED), claim(MAIL, CLAIMED)],
            {NUMBER: [has(ANNA)], MAIL: [has(EVA)]},
            Choice(customer=ANNA, verification=MATCHED),
            id="the surest decides",
        ),
        pytest.param(
            [claim(MAIL, MATCHED)],
            {MAIL: [has(ANNA), has(JAN, CLAIMED)]},
            Choice(customer=ANNA, verification=MATCHED),
            id="who only typed it is no rival",
        ),
        pytest.param(
            [claim(MAIL, CLAIMED)],
            {MAIL: [has(ANNA)]},
            Choice(customer=ANNA, verification=CLAIMED),
            id="a typed address stays a claim",
        ),
        pytest.param(
            [claim(SIGNED, VERIFIED), claim(MAIL, VERIFIED)],
            {SIGNED: [has(ANNA, VERIFIED, identified=True)], MAIL: [has(JAN)]},
            Choice(customer=ANNA, verification=VERIFIED, joined=(JAN,)),
            id="a signature brings in the record of its address",
        ),
        pytest.param(
            [claim(SIGNED, VERIFIED), claim(MAIL, VERIFIED)],
            {
                SIGNED: [has(ANNA, VERIFIED, identified=True)],
                MAIL: [has(JAN, VERIFIED, identified=True)],
            },
            Choice(customer=ANNA, verification=VERIFIED),
            id="never a record with an identity of its own",
        ),
        pytest.param(
            [claim(SIGNED, VERIFIED), claim(MAIL, VERIFIED)],
            {SIGNED: [has(ANNA, VERIFIED, identified=True)], MAIL: [has(JAN), has(EVA)]},
            Choice(customer=ANNA, verification=VERIFIED),
            id="nor one of several",
        ),
        pytest.param(
            [claim(SIGNED, VERIFIED), claim(MAIL, VERIFIED)],
            {MAIL: [has(JAN)]},
            Choice(customer=JAN, verification=VERIFIED),
            id="a new login takes over the record of its address",
        ),
        pytest.param(
            [claim(SIGNED, VERIFIED), claim(NUMBER, MATCHED)],
            {NUMBER: [has(ANNA), has(JAN)]},
            Choice(verification=VERIFIED),
            id="a new login is somebody, whoever shares the telephone",
        ),
    ],
)
def test_whose_claims_these_are(claims, holders, choice):
    assert choose(claims, holders) == choice


people = st.sampled_from([ANNA, JAN, EVA])
keys = st.sampled_from([MAIL, NUMBER, DEVICE, SIGNED])
levels = st.sampled_from([CLAIMED, MATCHED, VERIFIED])


@st.composite
def worlds(draw):
    """Who has what: a verified login has one owner, and whoever has one is identified."""
    sure = draw(st.none() | people)
    found = {}
    for key in draw(st.sets(keys)):
        owners = draw(st.lists(people, min_size=1, max_size=3, unique=True))
        if key is SIGNED and sure is not None:
            found[key] = [has(sure, VERIFIED, identified=True)]
            continue
        levels_ = [draw(levels) for _ in owners]
        found[key] = [
            has(who, MATCHED if key is SIGNED else level, identified=who == sure)
            for who, level in zip(owners, levels_, strict=True)
        ]
    return found


said = st.dictionaries(keys, levels).map(
    lambda found: (
        plain([claim(key, level) for key, level in found.items() if key is not NUMBER], None)
        + [claim(NUMBER, level) for key, level in found.items() if key is NUMBER]
    )
)


def ordered(claims):
    return sorted(claims, key=lambda one: -SURENESS[one.verification])


@given(said, worlds())
def test_nobody_with_an_identity_is_joined_and_nobody_twice(claims, holders):
    choice = choose(ordered(claims), holders)
    identified = {one.customer for found in holders.values() for one in found if one.identified}
    assert identified.isdisjoint(choice.joined)
    assert choice.customer not in choice.joined
    assert not (choice.joined and not any(map(is_identity, claims)))


@given(said, worlds())
def test_nobody_is_guessed(claims, holders):
    claims = ordered(claims)
    choice = choose(claims, holders)
    if choice.candidates:
        assert choice.customer is None
        assert len(choice.candidates) > 1
        assert not any(map(is_identity, claims))
    if choice.customer is not None and not any(map(is_identity, claims)):
        led = [
            [one.customer for one in standing(holders.get((one.kind, one.value), ()))]
            for one in claims
        ]
        assert any(choice.customer in found for found in led)


@given(said, worlds())
def test_it_is_never_surer_than_what_was_claimed(claims, holders):
    claims = ordered(claims)
    choice = choose(claims, holders)
    surest = max((SURENESS[one.verification] for one in claims), default=0)
    assert SURENESS[choice.verification] <= surest


def test_only_what_is_proven_counts():
    assert {MATCHED, VERIFIED} == PROVEN
    assert {LOGIN, IdentifierKind.EXTERNAL} == IDENTITIES
