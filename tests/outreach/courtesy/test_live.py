"""The whole way of a courtesy: a delivered order, a real mail, the answer with story and agent."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from tests.channels.email.post import (
    OLGA,
    OLGA_ADDRESS,
    letter,
    mails,
    relay_settings,
    reply,
    send,
    text_of,
)
from tests.contracts.house import ANNA, SITE, House, TeamNames, open_house, until
from tests.services.smtp_sink import SmtpSink
from warmline.conversations.timeline import Timeline
from warmline.core import events as e
from warmline.core.words import DAY, CustomerId, Rejected, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.orders.book import OrderBook
from warmline.customers.orders.model import Order, OrderStatus
from warmline.customers.portrait.model import Wanted
from warmline.customers.portrait.story import OrderSource, TalkSource, page
from warmline.customers.rights.contacts import Contacts
from warmline.customers.rights.tables import flag
from warmline.customers.tables import identifier
from warmline.outreach.courtesy.keeping import keep_programme
from warmline.outreach.courtesy.model import PUBLISHED_PCT, Programme
from warmline.outreach.courtesy.routes import CourtesyRoom, standing
from warmline.outreach.courtesy.writing import Courtesy
from warmline.security.audit import Audit
from warmline.wiring.cases import CaseLetters
from warmline.wiring.courtesy import CourtesyMail, DeliveredOrders, Written, courtesy_rule
from warmline.wiring.story import CaseSource, CourtesySource


@pytest.fixture
async def house(tmp_path: Path, smtp_sink: SmtpSink) -> AsyncGenerator[House]:
    async with open_house(tmp_path / "data", **relay_settings(smtp_sink)) as house:
        yield house


def programme(house: House) -> Courtesy:
    base: dict[str, Any] = {"database": house.database, "site": SITE}
    called: Any = TeamNames()
    return Courtesy(
        **base,
        clock=house.clock,
        orders=DeliveredOrders(**base),
        people=Written(**base, directory=house.customers, called=called),
        rule=courtesy_rule(house.database, SITE, house.clock, house.engine),
        mail=CourtesyMail(email=house.email, relayed=True),
    )


async def served(house: House) -> CustomerId:
    """Olga wrote once, and Anna answered her; the shop knows her as number 7."""
    await send(house, letter("Где мой заказ?"))
    [event] = await until("the first mail", lambda: house.log(e.Arrived))
    await house.comes()
    await house.takes(event.interaction)
    await house.writes(event.interaction, "Он уже в пути.")
    await house.ends(event.interaction)
    now = house.clock.now()
    async with house.database.write() as connection:
        await connection.execute(
            insert(identifier).values(
                site=SITE, kind="external", value="7", customer=event.customer,
                verification="matched", method="imported", source="import", created_at=now,
            )
        )  # fmt: skip
    return event.customer


async def test_a_delivered_order_brings_a_mail_and_the_answer_comes_back_to_who_served(
    house: House, smtp_sink: SmtpSink
):
    olga = await served(house)
    await mails(smtp_sink, 1)  # Anna's answer
    courtesy = programme(house)
    async with house.database.write() as connection:
        now = house.clock.now()
        await keep_programme(connection, SITE, Programme(on=True), at=now, by=None)
    running = asyncio.create_task(courtesy.run())
    try:
        book = OrderBook(house.database, SITE, house.clock)
        book.listen(courtesy.ordered)
        delivered = Order(
            id="A-1", customer="7", at=now - 9 * DAY, total_minor=9_900, currency="PLN",
            status=OrderStatus.DELIVERED, status_at=now - 6 * DAY, text="лампа «Цапля»",
        )  # fmt: skip
        await book.keep([delivered], source="import")
        [_, wrote] = await mails(smtp_sink, 2)
        assert wrote.recipients == (OLGA_ADDRESS,)
        assert "лампа «Цапля»" in text_of(wrote)
        assert "Anna Nowak" in text_of(wrote)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await send(house, reply(wrote, "Спасибо, всё хорошо!"))

    async def answered() -> Any:
        found = await house.log(e.Arrived)
        return found[1] if len(found) > 1 else None

    answer = await until("the answer", answered)
    assert (answer.customer, answer.preferred) == (olga, ANNA)
    await house.takes(answer.interaction)
    await house.caught_up()
    await _the_story_tells_it(house, olga)
    await _the_coverage_counts_it(house, courtesy)


async def _the_story_tells_it(house: House, olga: CustomerId) -> None:
    sources: list[Any] = [
        TalkSource(Timeline(house.database, SITE, house.engine)),
        OrderSource(house.database, SITE),
        CaseSource(database=house.database, site=SITE),
        CourtesySource(database=house.database, site=SITE),
    ]
    told, further = await page(sources, [olga], Wanted())
    assert [one["kind"] for one in told] == ["conversation", "courtesy", "conversation", "order"]
    assert (told[1]["order"], further) == ("A-1", None)
    first, place = await page(sources, [olga], Wanted(limit=1))
    assert place is not None
    assert first[0] == told[0]
    only, _ = await page(sources, [olga], Wanted(kinds=["courtesy"]))
    assert only == [told[1]]


async def _the_coverage_counts_it(house: House, courtesy: Courtesy) -> None:
    base: dict[str, Any] = {"database": house.database, "site": SITE}
    called: Any = TeamNames()
    nobody: Any = None
    room = CourtesyRoom(
        **base,
        clock=house.clock,
        needs=nobody,
        orders=DeliveredOrders(**base),
        people=Written(**base, directory=house.customers, called=called),
        audit=Audit(house.database, SITE, house.clock).setting,
        changed=courtesy.soon,
    )
    found = await standing(room, 90)
    assert (found["customers"], found["reached"], found["answered"]) == (1, 1, 1)
    assert (found["covered_pct"], found["published_pct"]) == (100.0, PUBLISHED_PCT)


async def test_a_case_is_answered_by_a_real_mail_unless_it_may_not(
    house: House, smtp_sink: SmtpSink
):
    await send(house, letter("Лампа разбита", sender=OLGA))
    [event] = await until("the mail", lambda: house.log(e.Arrived))
    rights = Contacts(database=house.database, site=SITE, clock=house.clock, state=house.engine)
    letters = CaseLetters(house.customers, rights, house.email)
    await letters(event.customer, None, "Простите нас.\n\nНовая лампа уже едет <завтра>.")
    [mail] = await mails(smtp_sink, 1)
    assert mail.recipients == (OLGA_ADDRESS,)
    assert "едет &lt;завтра&gt;" in text_of(mail)
    claim = Claim(
        kind=IdentifierKind.EMAIL, value="jan@mail.example", verification=Verification.MATCHED
    )
    gone = (await house.customers.resolve([claim], source="mail", name="Jan")).someone
    async with house.database.write() as connection:
        await connection.execute(
            insert(flag).values(site=SITE, customer=gone, flag="deceased", since=1, by="u-sue")
        )
    with pytest.raises(Rejected, match="may not be written to"):
        await letters(gone, "Again", "No.")
    stranger = (await house.customers.resolve([], source="chat", name="Ola")).someone
    with pytest.raises(Rejected, match="No e-mail address"):
        await letters(stranger, None, "Hello")
    with pytest.raises(Rejected, match="No relay"):
        await CaseLetters(house.customers, rights, None)(event.customer, None, "Hello")
    assert len(await mails(smtp_sink, 1)) == 1
