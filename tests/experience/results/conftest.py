"""A house whose customers answered surveys, with the room of results in it."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.conversations.house import SITE, Called, House, asking, running_house
from warmline.core import commands as c
from warmline.core.settings import Agent, Score, Trait
from warmline.core.words import DAY, AgentId, TeamId
from warmline.experience.cases.tables import case
from warmline.experience.results.model import FEELINGS, Room
from warmline.experience.results.routes import routes
from warmline.experience.results.scoring import AgentScores
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.insight.closed import closed_contacts
from warmline.security.audit import Audit
from warmline.security.privacy import OpenPersons
from warmline.security.tables import audit
from warmline.storage.rows import Row, rows

_KINDS = ("csat", "nps", "ces")


@dataclass
class Heard:
    """The house, and answers in it without the talks before them."""

    house: House
    scores: AgentScores
    count: int = 0

    async def asked(self, *, days_ago: float = 1, answered: bool = False, **more: object) -> str:
        """Somebody was asked about a talk with Ann in the shop's queue."""
        self.count += 1
        at = self.house.clock.now() - round(days_ago * DAY)
        values: dict[str, object] = {
            "site": SITE, "id": f"ask-{self.count:05}", "interaction": f"talk-{self.count}",
            "customer": None, "agent": "ann", "queue": "shop", "segment": "gold",
            "channel": "chat", "language": "en", "survey": "after", "version": 1,
            "state": "answered" if answered else "open", "via": "widget", "again_of_case": None,
            "asked_at": at, "answered_at": at if answered else None, "closes_at": at + DAY,
        }  # fmt: skip
        async with self.house.database.write() as connection:
            await connection.execute(insert(survey_ask).values({**values, **more}))
        return str(values["id"])

    async def says(
        self, scores: Mapping[str, float], *, words: str | None = None, **more: Any
    ) -> str:
        """A customer answered: csat, nps, ces, and feelings by their names; `four` is all four."""
        ask = await self.asked(answered=True, **more)
        given = (
            {**dict.fromkeys(FEELINGS, scores["four"]), **scores} if "four" in scores else scores
        )
        at = self.house.clock.now()
        found: list[dict[str, object]] = [
            {
                "site": SITE, "ask": ask, "question": name,
                "kind": name if name in _KINDS else "feeling",
                "feeling": None if name in _KINDS else name,
                "value": value, "words": None, "at": at,
            }
            for name, value in given.items() if name != "four"
        ]  # fmt: skip
        if words is not None:
            found.append(
                {
                    "site": SITE, "ask": ask, "question": "why", "kind": "text", "feeling": None,
                    "value": None, "words": words, "at": at,
                }
            )  # fmt: skip
        async with self.house.database.write() as connection:
            await connection.execute(insert(survey_answer), found)
        return ask

    async def case(self, id_: str, **more: object) -> None:
        now = self.house.clock.now()
        values: dict[str, object] = {
            "site": SITE, "id": id_, "opened_at": now - DAY, "source": "answer", "ask": None,
            "queue": "shop", "segment": None, "agent": "ann", "due_at": now, "state": "open",
        }  # fmt: skip
        async with self.house.database.write() as connection:
            await connection.execute(insert(case).values({**values, **more}))

    async def get(self, path: str, who: str = "sue", **query: Any):
        async with self.house.browser(who) as browser:
            answer = await browser.get(path, params={k: str(v) for k, v in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(self, path: str, body: Mapping[str, object], who: str = "ada"):
        async with self.house.browser(who) as browser:
            return await browser.put(path, json=body)

    async def post(self, path: str, body: Mapping[str, object] | None = None, who: str = "ada"):
        async with self.house.browser(who) as browser:
            return await browser.post(path, json=body)

    async def switch_on(self, *traits: str, prior: int | None = 20) -> None:
        answer = await self.put(
            "/feedback/terms",
            {
                "least_answers": 5,
                "computed": list(traits),
                "score_days": 90,
                "prior_answers": prior,
            },
        )
        assert answer.status_code == 200, answer.text

    async def agent(self, id_: str, *, team: str | None = None, **scores: Score) -> None:
        known = self.house.engine.center().agents.get(AgentId(id_))
        spec = known.spec if known is not None else Agent(id=AgentId(id_))
        given = {Trait(name): score for name, score in scores.items()}
        spec = replace(spec, team=TeamId(team) if team else None, scores={**spec.scores, **given})
        await self.house.do(c.DefineAgent, agent=spec)

    def score(self, agent: str, trait: str) -> Score | None:
        return self.house.engine.center().agents[AgentId(agent)].spec.scores.get(Trait(trait))

    async def audits(self, kind: str) -> list[Row]:
        async with self.house.database.read() as connection:
            return list(await rows(connection, select(audit).where(audit.c.kind == kind)))

    async def answer_of(self, ask: str, question: str, value: float) -> None:
        """The customer thinks again."""
        async with self.house.database.write() as connection:
            await connection.execute(
                update(survey_answer)
                .where(survey_answer.c.ask == ask, survey_answer.c.question == question)
                .values(value=value)
            )


@pytest.fixture
async def heard(tmp_path: Path) -> AsyncGenerator[Heard]:
    async with running_house(tmp_path / "data") as house:
        names = Called(house.directory, OpenPersons(house.engine, house.clock, house.directory))
        room = Room(
            database=house.database,
            site=SITE,
            state=house.engine,
            clock=house.clock,
            needs=asking,
            submit=house.engine.submit,
            closed=closed_contacts,
            agents=names.agents,
            customers=names.customers,
            audit=Audit(house.database, SITE, house.clock).setting,
        )
        scores = AgentScores(room)
        house.app.include_router(routes(room, scores), prefix="/api/v1")
        yield Heard(house, scores)
