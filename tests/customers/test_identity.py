import pytest
from sqlalchemy import update

from tests.conversations.house import SITE, House
from warmline.core.words import CustomerId, Malformed, SiteId, Verification
from warmline.customers.identity import fold, normalise
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.resolution import resolve
from warmline.customers.tables import customer

EMAIL, PHONE, LOGIN = IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.LOGIN
CLAIMED, MATCHED, VERIFIED = Verification.CLAIMED, Verification.MATCHED, Verification.VERIFIED


def claim(kind: IdentifierKind, value: str, verification: Verification) -> Claim:
    return Claim(kind=kind, value=value, verification=verification)


@pytest.mark.parametrize(
    ("kind", "text", "plain"),
    [
        (EMAIL, " Anna.Nowak@Shop.Example ", "anna.nowak@shop.example"),
        (EMAIL, "почта@пример.рф", "почта@пример.рф"),
        (PHONE, "501 234 567", "+48501234567"),
        (PHONE, "+7 (916) 123-45-67", "+79161234567"),
        (LOGIN, "Anna", "anna"),
        (IdentifierKind.EXTERNAL, " CRM-0042 ", "CRM-0042"),
    ],
)
def test_identifiers_have_one_form(kind, text, plain):
    assert normalise(kind, text, region="PL") == plain


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (EMAIL, "anna"),
        (EMAIL, "a@b@c"),
        (EMAIL, "a b@c.example"),
        (EMAIL, "a" * 250 + "@shop.example"),
        (PHONE, "twelve"),
        (PHONE, "12"),
        (LOGIN, ""),
        (LOGIN, "x" * 201),
    ],
)
def test_nonsense_is_no_identifier(kind, text):
    with pytest.raises(Malformed):
        normalise(kind, text, region="PL")


def test_names_fold_for_search():
    assert fold("Łukasz  ŻÓŁĆ") == "lukasz zolc"
    assert fold("Алёна Йод") == "алена йод"


async def test_somebody_new_is_made_once_and_found_again(house: House):
    first = await house.directory.resolve(
        [claim(EMAIL, "jan@mail.example", MATCHED)], source="mail", name="Jan", language="pl"
    )
    again = await house.directory.resolve(
        [claim(EMAIL, "JAN@mail.example", CLAIMED)], source="chat", name="Somebody"
    )
    assert (first.is_new, again.is_new) == (True, False)
    assert again.customer == first.customer
    assert (first.verification, again.verification) == (MATCHED, CLAIMED)
    assert (again.name, again.language) == ("Jan", "pl")


async def test_only_who_is_proven_has_the_segment(house: House):
    first = await house.directory.resolve(
        [claim(EMAIL, "jan@mail.example", MATCHED)], source="mail"
    )
    async with house.database.write() as connection:
        await connection.execute(
            update(customer).where(customer.c.id == first.customer).values(segment="gold")
        )
    typed = await house.directory.resolve(
        [claim(EMAIL, "jan@mail.example", CLAIMED)], source="chat"
    )
    mailed = await house.directory.resolve(
        [claim(EMAIL, "jan@mail.example", MATCHED)], source="mail"
    )
    assert typed.customer == mailed.customer
    assert (typed.segment, mailed.segment) == (None, "gold")


async def test_nobody_in_particular_is_always_new(house: House):
    one = await house.directory.resolve([], source="chat")
    two = await house.directory.resolve([], source="chat")
    assert one.customer != two.customer
    assert one.verification is Verification.UNKNOWN


async def test_a_signed_login_takes_over_its_verified_address(house: House):
    mail = await house.directory.resolve([claim(EMAIL, "a@mail.example", MATCHED)], source="mail")
    chat = await house.directory.resolve(
        [claim(LOGIN, "anna", VERIFIED), claim(EMAIL, "a@mail.example", VERIFIED)], source="chat"
    )
    assert chat.customer == mail.customer
    assert chat.verification is VERIFIED


async def test_a_typed_address_beside_a_signed_login_joins_nobody(house: House):
    mail = await house.directory.resolve([claim(EMAIL, "a@mail.example", MATCHED)], source="mail")
    chat = await house.directory.resolve(
        [claim(LOGIN, "anna", VERIFIED), claim(EMAIL, "a@mail.example", CLAIMED)], source="chat"
    )
    assert chat.customer != mail.customer
    assert chat.joined == ()


async def test_two_records_become_one_when_a_signature_says_so(house: House):
    mail = await house.directory.resolve(
        [claim(EMAIL, "a@mail.example", MATCHED)], source="mail", name="Anna"
    )
    login = await house.directory.resolve([claim(LOGIN, "anna", VERIFIED)], source="chat")
    both = await house.directory.resolve(
        [claim(LOGIN, "anna", VERIFIED), claim(EMAIL, "a@mail.example", VERIFIED)], source="chat"
    )
    assert both.customer == login.customer
    assert both.joined == (mail.customer,)
    assert await house.directory.same(mail.someone) == (login.customer, mail.customer)
    later = await house.directory.resolve([claim(EMAIL, "a@mail.example", MATCHED)], source="mail")
    assert later.customer == login.customer


async def test_two_verified_identities_never_join(house: House):
    anna = await house.directory.resolve(
        [claim(LOGIN, "anna", VERIFIED), claim(EMAIL, "home@mail.example", VERIFIED)], source="chat"
    )
    jan = await house.directory.resolve(
        [claim(LOGIN, "jan", VERIFIED), claim(EMAIL, "home@mail.example", VERIFIED)], source="chat"
    )
    assert jan.customer != anna.customer
    assert jan.joined == ()
    assert jan.verification is VERIFIED
    mail = await house.directory.resolve(
        [claim(EMAIL, "home@mail.example", MATCHED)], source="mail"
    )
    assert mail.customer is None
    assert set(mail.candidates) == {anna.customer, jan.customer}


async def test_joining_again_leads_to_the_last(house: House):
    ids = [
        (
            await house.directory.resolve(
                [claim(EMAIL, f"{n}@mail.example", MATCHED)], source="mail"
            )
        ).someone
        for n in range(3)
    ]
    login = claim(LOGIN, "anna", VERIFIED)
    first = await house.directory.resolve([login], source="chat")
    for n in range(3):
        await house.directory.resolve(
            [login, claim(EMAIL, f"{n}@mail.example", VERIFIED)], source="chat"
        )
    assert set(await house.directory.same(ids[1])) == {first.customer, *ids}


async def test_another_site_knows_nobody_of_ours(house: House):
    ours = await house.directory.resolve([claim(EMAIL, "a@mail.example", MATCHED)], source="mail")
    async with house.database.write() as connection:
        theirs = await resolve(
            connection,
            SiteId("other"),
            [claim(EMAIL, "a@mail.example", MATCHED)],
            now=house.clock.now(),
            source="mail",
        )
    assert theirs.is_new
    assert theirs.customer != ours.customer
    assert SITE != "other"


async def test_who_has_no_name_is_called_by_an_address(house: House):
    nameless = await house.directory.resolve(
        [claim(EMAIL, "a@mail.example", MATCHED)], source="mail"
    )
    named = await house.directory.resolve([], source="chat", name="Jan")
    found = await house.directory.names([nameless.someone, named.someone, CustomerId("nobody")])
    assert found == {nameless.customer: "a@mail.example", named.customer: "Jan"}
