"""Surveys over a house of rooms: real rows, real rules of contact, a clock that stands still."""

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request

from tests.conversations.house import PEOPLE, SITE, START, House, asking, running_house
from warmline.conversations.contacts import PastContacts, talks_of
from warmline.conversations.model import Envelope
from warmline.core.words import AgentId, CustomerId, InteractionId, Verification
from warmline.customers.directory import Directory
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.portrait.due import PromiseBook
from warmline.customers.rights.contacts import Contacts
from warmline.experience.surveys.answers import Answers, Rating
from warmline.experience.surveys.asking import Asking
from warmline.experience.surveys.door import Door, survey_door
from warmline.experience.surveys.erasure import SurveyTraces
from warmline.experience.surveys.model import AskId, Mailer
from warmline.experience.surveys.reactions import SurveyReaction
from warmline.experience.surveys.room import Surveys
from warmline.experience.surveys.routes import Room, survey_routes
from warmline.experience.surveys.tables import answers_of, asks_about, due_of
from warmline.experience.surveys.versions import Versions
from warmline.security.audit import Audit
from warmline.storage.rows import Row, row, rows
from warmline.web.problems import install
from warmline.wiring.experience import Addressed, AskedByMail, MayAsk

SHOP = "https://shop.example"
SECRET = "wl_" + "s" * 43
KNOWS = PEOPLE["sue"]
LINK = re.compile(r"http://center\.test/s/([\w-]{43})")


async def _all_sites(_: InteractionId) -> Sequence[str]:
    return (SHOP,)


@dataclass
class Asked:
    """A house whose customers are asked."""

    house: House
    surveys: Surveys
    reaction: SurveyReaction
    app: FastAPI
    told: list[AskId] = field(default_factory=list)
    waits_s: int = 0
    people: int = 0

    @property
    def asking(self) -> Asking:
        return self.surveys.asking

    async def publish(self, text: str) -> None:
        """In force from now on, whatever was before."""
        await publish(self.surveys, text)

    async def customer(self, *, email: bool = True) -> CustomerId:
        self.people += 1
        kind = IdentifierKind.EMAIL if email else IdentifierKind.LOGIN
        value = f"person{self.people}@mail.example" if email else f"person{self.people}"
        claim = Claim(kind=kind, value=value, verification=Verification.VERIFIED)
        found = await self.house.directory.resolve([claim], source="mail", name="Jan")
        assert found.customer is not None
        return found.customer

    async def flag(self, who: CustomerId, flag: str) -> None:
        async with self.house.browser("sue") as sue:
            assert (await sue.put(f"/customers/{who}/flags/{flag}", json={})).is_success

    async def consent(self, who: CustomerId, *, given: bool = True) -> None:
        said = {"purpose": "survey", "given": given, "proof": "ticked the box", "source": "web"}
        async with self.house.browser("sue") as sue:
            answer = await sue.post(f"/customers/{who}/consents", json=said)
            assert answer.is_success, answer.text

    async def talk(
        self, customer: CustomerId | None = None, *, mail_from: str | None = None
    ) -> InteractionId:
        """A talk with Ann from its first word to its end."""
        envelope = Envelope(sender=mail_from, to=("help@shop.example",)) if mail_from else None
        inbox = "shop-mail" if mail_from else "shop-chat"
        if AgentId("ann") not in self.house.engine.center().agents:
            raise AssertionError("Ann is not there")
        if not self.house.engine.center().agents[AgentId("ann")].connected:
            await self.house.available("ann")
        talk = await self.house.arrive(inbox=inbox, customer=customer, envelope=envelope)
        await self.house.accept(talk)
        await self.house.finish(talk)
        return talk

    async def decide(self) -> None:
        """Everything that is due now is decided."""
        await self.house.settled()
        await self.reaction.react(await self.house.log())
        while await self.asking.work():
            pass

    async def asks(self, interaction: InteractionId) -> Sequence[Row]:
        async with self.house.database.read() as connection:
            return await rows(connection, asks_about(SITE, interaction))

    async def answers(self, ask: str) -> dict[str, Row]:
        async with self.house.database.read() as connection:
            found = await rows(connection, answers_of(SITE, [ask]))
        return {one["question"]: one for one in found}

    async def why(self, interaction: InteractionId) -> str | None:
        """Why nobody was asked about a talk."""
        async with self.house.database.read() as connection:
            found = await row(connection, due_of(SITE, interaction))
        assert found is not None, "nothing was decided"
        assert found["state"] == "passed", found["state"]
        return found["why"]

    async def page(self, interaction: InteractionId) -> str:
        """Where the customer of a chat is asked."""
        found = await self.asking.page(interaction, secret=SECRET)
        assert found is not None
        return found

    def browser(self, who: str | None = None) -> httpx.AsyncClient:
        """Somebody's browser: a customer's, or that of somebody who works here."""
        headers = {"x-who": who} if who else {}
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(transport=transport, base_url=SHOP, headers=headers)


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncGenerator[Asked]:
    async with running_house(tmp_path / "data") as house:
        yield surveys_over(house)


def surveys_of(house: Any, directory: Directory, mailer: Mailer | None) -> Surveys:
    """The room of surveys over any house that has an engine and customers."""
    common: dict[str, Any] = {"database": house.database, "site": SITE, "clock": house.clock}
    rights = Contacts(**common, state=house.engine)
    audit = Audit(house.database, SITE, house.clock)
    versions = Versions(**common, audit=audit.setting, queues=lambda: house.engine.center().queues)
    asker = Asking(
        **common,
        versions=versions,
        talks=PastContacts(house.database, SITE),
        persons=Addressed(directory),
        permission=MayAsk(rights),
        contacted=AskedByMail(rights),
        mailer=mailer,
        url="http://center.test",
        promised=PromiseBook(house.database, SITE).last_of,
    )
    answers = Answers(**common, versions=versions)
    return Surveys(
        database=house.database, site=SITE, versions=versions, asking=asker, answers=answers
    )


async def publish(surveys: Surveys, text: str) -> None:
    """In force from now on, whatever was before."""
    versions = surveys.versions
    survey = versions.check(text).survey
    assert survey is not None, versions.check(text).problems
    if await versions.listed(survey.id):
        draft = await versions.draft(KNOWS, survey.id, source=None)
    else:
        draft = await versions.begin(KNOWS, survey.id, survey.name)
    saved = await versions.save(KNOWS, draft.id, tag=str(draft.tag), text=text)
    await versions.publish(KNOWS, saved.id, tag=str(saved.tag))


def surveys_over(house: House) -> Asked:
    common: dict[str, Any] = {"database": house.database, "site": SITE, "clock": house.clock}
    surveys = surveys_of(house, house.directory, house.sent)
    versions, asker, answers = surveys.versions, surveys.asking, surveys.answers
    app = FastAPI()
    found = Asked(
        house=house,
        surveys=surveys,
        reaction=SurveyReaction(house.database, SITE, versions, asker.wake),
        app=app,
    )

    async def told(ask: AskId) -> None:
        found.told.append(ask)

    def pace(request: Request, token: str) -> int:
        return found.waits_s

    answers.listen(Rating(house.database, SITE, house.engine.submit))
    answers.listen(told)
    room = Room(**common, needs=asking, versions=versions, users=_nobody, customers=_unnamed)
    install(app)
    app.include_router(survey_door(Door(answers, house.clock, pace=pace, framing=_all_sites)))
    api = APIRouter(prefix="/api/v1")
    api.include_router(survey_routes(room))
    app.include_router(api)
    return found


async def _nobody(ids: Any) -> dict[Any, str]:
    return {}


async def _unnamed(ids: Any, *, reader: Any) -> dict[Any, str]:
    return dict.fromkeys(ids, "J···")


TRACES = SurveyTraces(SITE, partial(talks_of, SITE))
__all__ = ["START", "TRACES", "Asked", "asked"]
