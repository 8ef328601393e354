"""A house with cases: surveys' rows as they are kept, Sue who supervises, Ann and Bob who answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.conversations.house import SITE, Called, House, asking
from warmline.core.words import AgentId, CustomerId, InteractionId, UserId, Verification
from warmline.customers.model import Claim, IdentifierKind
from warmline.engine.signals import InProcessSignals
from warmline.experience.cases.model import Member, Room
from warmline.experience.cases.opening import Opening
from warmline.experience.cases.routes import routes
from warmline.experience.cases.watch import Watch
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.ports import Signal
from warmline.security.audit import Audit
from warmline.security.privacy import OpenPersons
from warmline.wiring.cases import KeptPromises, Segments, TalkFinder, worth_of

BAD = {"rate": ("csat", 1), "why": ("text", "Nobody called me back.")}
GOOD = {"rate": ("csat", 5)}
PRAISE = {"rate": ("csat", 5), "why": ("text", "Ann was wonderful.")}


@dataclass
class Office:
    house: House
    room: Room
    opening: Opening
    watch: Watch
    heard: list[Signal]
    letters: list[tuple[CustomerId, str | None, str]]
    """Mails that were written to customers: to whom, about what, which words."""

    async def anna(self) -> CustomerId:
        claim = Claim(
            kind=IdentifierKind.EMAIL, value="anna@mail.example", verification=Verification.MATCHED
        )
        found = await self.house.directory.resolve([claim], source="mail", name="Anna Nowak")
        return found.someone

    async def served(self, who: str = "ann", customer: CustomerId | None = None) -> InteractionId:
        """A talk of Anna's that an agent took, finished and forgot about."""
        house = self.house
        await house.available(who)
        interaction = await house.arrive(customer=customer or await self.anna())
        await house.accept(interaction, who)
        await house.finish(interaction, who)
        await house.settled()
        return interaction

    async def asked(
        self, interaction: InteractionId, customer: CustomerId | None, *, again: str | None = None
    ) -> str:
        """Somebody is asked about a talk; the row as the room of surveys keeps it."""
        id_ = self.house.next("ask")
        now = self.house.clock.now()
        async with self.house.database.write() as connection:
            await connection.execute(
                insert(survey_ask).values(
                    site=SITE, id=id_, interaction=interaction, customer=customer, agent="ann",
                    queue="shop", segment="gold", channel="chat", language="en", survey="usual",
                    version=1, state="open", via="widget", again_of_case=again, asked_at=now,
                    closes_at=now + 1,
                )
            )  # fmt: skip
        return id_

    async def answers(self, ask: str, said: dict[str, tuple[str, Any]]) -> None:
        """The customer answers, or answers anew."""
        now = self.house.clock.now()
        async with self.house.database.write() as connection:
            await connection.execute(delete(survey_answer).where(survey_answer.c.ask == ask))
            for question, (kind, what) in said.items():
                given = {"words": what} if kind == "text" else {"value": what}
                await connection.execute(
                    insert(survey_answer).values(
                        site=SITE, ask=ask, question=question, kind=kind, at=now, **given
                    )
                )
            await connection.execute(
                survey_ask.update()
                .where(survey_ask.c.id == ask)
                .values(state="answered", answered_at=now)
            )
        await self.opening.answered(ask)

    async def bad_case(self) -> dict[str, Any]:
        """The case that a bad answer of Anna's opened, as Sue sees it."""
        customer = await self.anna()
        talk = await self.served(customer=customer)
        await self.answers(await self.asked(talk, customer), BAD)
        return (await self.get("sue", "/cases"))["cases"][0]

    async def get(self, who: str, path: str, **query: Any) -> Any:
        return await self.send(who, "GET", path, params=query)

    async def send(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Any = None,
        status: int = 0,
    ) -> Any:
        async with self.house.browser(who) as browser:
            answer = await browser.request(method, path, json=body, params=params)
        assert answer.status_code == status if status else answer.is_success, answer.text
        return answer.json()


async def staff() -> Sequence[Member]:
    return [
        Member(user=UserId("u-sue"), agent=None, supervises=True),
        Member(user=UserId("u-tom"), agent=None, supervises=True),
        *(
            Member(user=UserId(f"u-{who}"), agent=AgentId(who), supervises=False)
            for who in ("ann", "bob")
        ),
    ]


async def in_zloty(_connection: AsyncConnection) -> str | None:
    return "PLN"


def office_in(house: House) -> Office:
    """The room of cases in a house; whoever is asked again gets a row like any other."""
    privacy = OpenPersons(house.engine, house.clock, house.directory)
    audit = Audit(house.database, SITE, house.clock)
    signals = InProcessSignals()
    heard: list[Signal] = []
    signals.listen(heard.append)

    letters: list[tuple[CustomerId, str | None, str]] = []

    async def write(who: CustomerId, subject: str | None, text: str) -> None:
        letters.append((who, subject, text))

    async def ask_again(interaction: InteractionId, case: str) -> str | None:
        return await office.asked(interaction, await office.anna(), again=case)

    room = Room(
        database=house.database,
        state=house.engine,
        needs=asking,
        clock=house.clock,
        site=SITE,
        signals=signals,
        sight=house.sight,
        privacy=privacy,
        same=house.directory.ids,
        people=Called(house.directory, privacy),
        staff=staff,
        talks=TalkFinder(house.database, SITE, house.engine),
        promises=KeptPromises(house.database, SITE),
        ask_again=ask_again,
        currency=in_zloty,
        worth=partial(worth_of, SITE),
        segment=Segments(house.database, SITE),
        letters=write,
        audit=audit.row,
        setting_audit=audit.setting,
    )
    opening = Opening(room)
    office = Office(house, room, opening, Watch(room, opening), heard, letters)
    house.app.include_router(routes(room=room, opening=opening), prefix="/api/v1")
    return office
