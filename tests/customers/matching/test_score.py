"""What speaks for one person and what against: the score, and what forbids joining."""

import pytest

from warmline.core.words import CustomerId
from warmline.customers.matching.keys import BLOCK_LIMIT, KEYS_LIMIT, keys, postcode, street
from warmline.customers.matching.model import Known, Match, Population, Record, Veto
from warmline.customers.matching.names import parsed
from warmline.customers.matching.score import Holders, compare

TOWN = Population(customers=100_000, counts={"ana": 3_000, "kovalska": 300})
NOBODY = Holders(counts={})


def person(id_: str, name: str | None = None, **known: str) -> Record:
    """Somebody with some identifiers; `login="!anna"` is a verified one."""
    fields = {field: known.pop(field) for field in ("home", "code", "born") if field in known}
    return Record(
        id=CustomerId(id_),
        names=(parsed(name),) if name else (),
        known=frozenset(
            Known(kind=kind, value=value.removeprefix("!"), verified=value.startswith("!"))
            for kind, value in known.items()
        ),
        streets=frozenset({street(fields["home"])}) if "home" in fields else frozenset(),
        postcodes=frozenset({postcode(fields["code"])}) if "code" in fields else frozenset(),
        born=frozenset({fields["born"]}) if "born" in fields else frozenset(),
    )


def match(a: Record, b: Record, holders: Holders = NOBODY) -> Match:
    return compare(a, b, among=TOWN, holders=holders)


def codes(found: Match) -> set[str]:
    return {one.code for one in found.terms}


def test_the_same_name_and_phone_are_one_person():
    found = match(
        person("a", "Anna Kowalska", phone="+48501234567"),
        person("b", "Ковальская Анюта", phone="+48501234567"),
    )
    assert found.share > 0.98
    assert found.veto is None
    assert codes(found) == {"given_short", "surname_same", "phone_same", "relatives"}


def test_a_common_name_alone_is_nobody_in_particular():
    assert match(person("a", "Anna Kowalska"), person("b", "Anna Kowalska")).share < 0.05


def test_a_rare_name_says_more_than_a_common_one():
    rare = match(
        person("a", "Zdzisława Brzęczyszczykiewicz"), person("b", "Zdzisława Brzęczyszczykiewicz")
    )
    common = match(person("a", "Anna Kowalska"), person("b", "Anna Kowalska"))
    assert rare.share > 3 * common.share


def test_a_family_on_one_phone_at_one_address_stays_several_people():
    home = {
        "phone": "+48501234567",
        "home": "Polna 3/4",
        "code": "00-950",
        "email": "dom@mail.example",
    }
    found = match(person("a", "Anna Kowalska", **home), person("b", "Jan Kowalski", **home))
    assert found.share < 0.5
    assert found.veto is Veto.GIVEN


def test_father_and_son_of_one_name_are_told_apart_by_their_birthdays():
    found = match(
        person("a", "Jan Nowak", phone="+48501234567", born="1950-03-04"),
        person("b", "Jan Nowak", phone="+48501234567", born="1981-11-20"),
    )
    assert found.veto is Veto.BORN


def test_day_and_month_in_the_other_order_are_the_same_birthday():
    found = match(
        person("a", "Jan Nowak", born="1950-03-04"), person("b", "Jan Nowak", born="1950-04-03")
    )
    assert "born_close" in codes(found)
    assert found.veto is None


def test_a_phone_of_many_says_little():
    one, other = person("a", "Ewa", phone="+48221234567"), person("b", "Ewa", phone="+48221234567")
    few = match(one, other, Holders(counts={}))
    many = match(one, other, Holders(counts={("phone", "+48221234567"): 40}))
    assert many.share < few.share
    assert next(term for term in many.terms if term.code == "phone_same").count == 40


@pytest.mark.parametrize(
    ("mine", "theirs", "apart"),
    [
        ({"login": "!anna"}, {"login": "!ania"}, True),
        ({"login": "!anna"}, {"external": "!C-1"}, True),
        ({"email": "!a@mail.example"}, {"email": "!b@mail.example"}, True),
        ({"login": "!anna"}, {"login": "ania"}, False),
        ({"login": "!anna"}, {}, False),
        ({"login": "!anna", "email": "!a@mail.example"}, {"email": "!a@mail.example"}, False),
        ({"email": "!a@mail.example"}, {"phone": "!+48501234567"}, False),
    ],
)
def test_distinct_verified_identities_are_two_people(mine, theirs, apart):
    found = match(person("a", "Anna Kowalska", **mine), person("b", "Anna Kowalska", **theirs))
    assert (found.veto is Veto.IDENTITIES) is apart


def test_the_order_of_two_does_not_matter():
    a = person("a", "Anna Kowalska", email="ania77@mail.example", home="ul. Polna 3", code="00-950")
    b = person("b", "Kowalska A.", email="ania7@mail.example", home="Polna 3", code="00950")
    assert match(a, b) == match(b, a)


def test_terms_hold_no_values():
    found = match(
        person("a", "Anna Kowalska", email="ania@mail.example", phone="+48501234567"),
        person("b", "Anna Kowalska", email="ania@mail.example", phone="+48501234567"),
    )
    told = repr(found.terms).casefold()
    assert not any(word in told for word in ("kowal", "anna", "ania", "48501", "mail.example"))


def test_addresses_in_other_words_are_one():
    assert street("ul. Kościuszki 12 m. 3") == street("Kosciuszki 12/3")
    assert street("12 High Street") == street("High St 12")
    assert street("Ленина 5, кв. 7") == street("ул. Ленина 5/7")
    assert street("Polna 12") != street("Polna 13")


def test_keys_are_few_and_found_from_both_sides():
    one = keys(person("a", "Александр Жуков", email="zhukov.sasha@mail.example"))
    other = keys(person("b", "Sasha Zhukov", email="zhukov.sasha@box.example"))
    assert {key.split(":")[0] for key in one & other} == {"name", "local"}
    crowded = Record(
        id=CustomerId("c"),
        known=frozenset(Known(kind="phone", value=f"+48{n:09}") for n in range(200)),
    )
    assert len(keys(crowded)) == KEYS_LIMIT
    assert BLOCK_LIMIT >= 10
