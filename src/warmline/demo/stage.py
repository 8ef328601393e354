"""The stage: who comes when, who works, at which speed, and what happens in an outage."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import uuid4

import structlog

from warmline.core.commands import HangUp, SetPresence
from warmline.core.words import (
    CHANNEL,
    MINUTE,
    SECOND,
    AgentId,
    CommandId,
    Medium,
    Millis,
    Presence,
    Rejected,
    SiteId,
    UserId,
)
from warmline.demo import behaviour, roster, shop
from warmline.demo.agents import Agent
from warmline.demo.behaviour import Contact, Customer
from warmline.demo.chairs import Chairs, Pair
from warmline.demo.customers import Chatting, Writers, asks_for_a_call
from warmline.demo.door import Door
from warmline.demo.figures import Floor
from warmline.demo.pace import Pace, Speed
from warmline.demo.past_orders import as_segmented
from warmline.demo.regulars import Regulars, regulars
from warmline.demo.ringers import Phones, Ringers, Speak
from warmline.demo.shop import Person
from warmline.demo.sink import Letter, Sink
from warmline.demo.troupe import Troupe
from warmline.demo.vouching import Vouching, vouching
from warmline.engine.engine import Engine
from warmline.ports import Clock, Recorded, Submit
from warmline.security.room import Security
from warmline.storage.database import Database

log = structlog.get_logger()

FIRST_CONTACTS = 6
FIRST_PAUSE_MS: Millis = 1_200
"""So many come when the demonstration opens: nobody should look at an empty floor."""
OUTAGE_CONTACTS = 40
OUTAGE_MS: Millis = 3 * MINUTE
OPEN_WITHIN_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the stage needs of the center that it stands in."""

    url: str
    """Where the center's web is reached from here."""
    site: SiteId
    clock: Clock
    database: Database
    engine: Engine
    submit: Submit
    security: Security
    smtp_port: Callable[[], int | None]
    """Where the center takes mail."""
    phones: Phones = tuple
    """The agents whose browsers can be rung."""
    speak: Speak | None = None
    """How simulated callers get their voice; None: nobody calls."""


class Stage:
    """The simulated people of one center."""

    def __init__(
        self, house: House, sink: Sink, *, badge: str, speed: Speed = 1, seed: int | None = None
    ) -> None:
        self.house = house
        self.sink = sink
        self.pace = Pace(speed)
        self.floor = Floor(
            database=house.database, site=house.site, state=house.engine, clock=house.clock
        )
        self._badge = badge
        self._chance = random.Random(seed)
        self._everybody = behaviour.customers()
        self._troupe = Troupe()
        self._outage: asyncio.Task[None] | None = None
        self._awaited: set[AgentId] = set()
        self.chairs: Chairs | None = None

    @asynccontextmanager
    async def playing(self, running: AbstractAsyncContextManager[object]) -> AsyncGenerator[None]:
        """The center runs inside the block, with everybody on the stage."""
        async with running:
            await self.sink.open()
            door = Door(self.house.url, self._badge)
            unsubscribe = self.house.engine.subscribe(self._heard)
            self._troupe.keep("opening", lambda: self._open(door))
            try:
                yield
            finally:
                unsubscribe()
                if self._outage is not None:
                    self._outage.cancel()
                await self._troupe.leave()
                await door.close()
                await self.sink.close()

    @property
    def outage(self) -> bool:
        """Whether an outage is going on."""
        return self._outage is not None and not self._outage.done()

    def cause_outage(self) -> bool:
        """Many write about one thing within a few minutes; False when they do already."""
        if self.outage or self._door is None:
            return False
        self._outage = asyncio.create_task(self._storm(), name="outage")
        return True

    def sits(self, person: Person, *, alone: bool) -> None:
        """A human takes a chair; once their screen is there, they are available."""
        self._awaited.add(AgentId(person.id))
        if self.chairs is not None:
            self.chairs.sits(person, alone=alone)
        self._heard(())

    _door: Door | None = None
    _vouching: Vouching | None = None
    _regulars: Regulars = Regulars({})

    async def _open(self, door: Door) -> None:
        """Bring everybody on when the center serves."""
        while not await door.is_open():  # noqa: ASYNC110 - the server says it nowhere but there
            await asyncio.sleep(OPEN_WITHIN_S)
        if self._door is None:
            self._door = door
            await self._left_behind()
            house = self.house
            self._vouching = await vouching(house.database, house.site, house.clock)
            self._everybody = await as_segmented(house.database, house.site, self._everybody)
            self._regulars = await regulars(house.database, house.site, self._everybody)
            self._bring_on(door)
        await asyncio.Event().wait()

    async def _left_behind(self) -> None:
        """Customers of ours who were cut off by a restart have closed the page and are gone."""
        ours = {who.id for who in self._everybody}
        cut_off = [
            one.id
            for one in self.house.engine.center().interactions.values()
            if one.medium is Medium.CHAT and one.customer in ours
        ]
        for interaction in cut_off:
            id_ = CommandId(f"left-{uuid4().hex}")
            with suppress(Rejected):  # it is over already, only its wrap-up is not
                await self.house.submit(
                    HangUp(id=id_, by=CHANNEL, interaction=interaction, cause="left")
                )

    def _bring_on(self, door: Door) -> None:
        agents = {
            person.id: Agent(
                person,
                door=door,
                pace=self.pace,
                chance=random.Random(self._chance.random()),
                sign_in=self._sign_in,
                clock=self.house.clock,
            )
            for person in shop.AGENTS
            if not person.chair
        }
        writers = Writers(self.pace, self._chance, self.house.smtp_port)
        self.sink.listen(lambda letter: self._arrives(writers, letter))
        self._writers = writers
        self.chairs = Chairs(
            self.house.engine,
            agents,
            send_chat=self._send_chat,
            send_mail=self._send_mail,
        )
        for agent in agents.values():
            self._troupe.keep(agent.person.id, agent.work)
        self._troupe.keep("chairs", self.chairs.watch)
        if self.house.speak is not None:
            ringers = Ringers(
                self.house.engine,
                self.house.clock,
                self.pace,
                random.Random(self._chance.random()),
                phones=self.house.phones,
                send=partial(self._send_call, self.house.speak),
                spared=self.chairs.is_alone,
            )
            self._troupe.keep("ringers", ringers.watch)
        self._troupe.keep("arrivals", self._arrivals)
        log.info("demonstration_plays", agents=len(agents), speed=self.pace.speed)

    async def _sign_in(self, person: Person) -> str:
        """A session for a simulated agent, opened in process: nobody knows their password."""
        user = await self.house.security.users.one(UserId(person.id))
        async with self.house.database.write() as connection:
            return await self.house.security.sessions.open(connection, user, address=None)

    # Customers

    async def _arrivals(self) -> None:
        """Somebody comes, and after a while the next, as the hour has it."""
        for _ in range(FIRST_CONTACTS):
            self._comes(self._contact())
            await self.pace.sleep(FIRST_PAUSE_MS, stops=True)
        while True:
            local = datetime.fromtimestamp(self.house.clock.now() / SECOND, roster.ZONE)
            rate = behaviour.rate_per_ms(local.hour, local.weekday())
            # At least once a minute the hour is looked at again.
            pause = behaviour.until_next(self._chance, rate)
            await self.pace.sleep(min(pause, MINUTE), stops=True)
            if pause <= MINUTE:
                self._comes(self._contact())

    def _contact(self) -> Contact:
        """Somebody with a reason to write, who does not disturb a human alone with a customer."""
        spared = self.chairs.spared() if self.chairs is not None else frozenset[Pair]()
        about = behaviour.contact(self._chance, self._everybody)
        while not about.mail and (about.reason, about.customer.language) in spared:
            about = behaviour.contact(self._chance, self._everybody)
        return about

    def _comes(self, about: Contact) -> None:
        name = f"customer-{about.customer.number}"
        if about.mail:
            to = shop.address(about.inbox)
            self._troupe.send(name, lambda: self._writers.write(about, to))
        elif self._door is not None and behaviour.wants_a_call(self._chance):
            door, identity = self._door, self._identity(about)
            self._troupe.send(name, lambda: asks_for_a_call(door, about, identity))
        elif self._door is not None:
            patience = behaviour.patience_ms(self._chance)
            chatting = Chatting(
                door=self._door,
                pace=self.pace,
                chance=random.Random(self._chance.random()),
                about=about,
                patience=patience,
                identity=self._identity(about),
            )
            self._troupe.send(name, chatting.perform)

    def _identity(self, about: Contact) -> str | None:
        """What the shop's page says of a customer who is signed in there."""
        if not about.signed_in or self._vouching is None:
            return None
        return self._vouching.identity(about.customer)

    def _send_chat(self, person: Person, wanted: Sequence[Pair]) -> None:
        """A customer whom the human served last time, so that they are asked for by name."""
        fitting = [pair for pair in wanted if pair[1] == person.locale] or list(wanted)
        topic, spoken = self._chance.choice(fitting)
        who = self._regulars.one(person.id, spoken)
        self._comes(self._matter(topic, who or self._somebody(spoken), mail=False))

    def _send_call(self, speak: Speak, person: Person) -> None:
        """A call of somebody who speaks the human's language."""
        from warmline.demo.telephone import Telephone  # noqa: PLC0415 - needs the extra `relay`

        if self._door is None:
            return
        topic = behaviour.pick(self._chance, behaviour.TOPIC_SHARES)
        about = self._matter(topic, self._somebody(person.locale), mail=False)
        chance = random.Random(self._chance.random())
        calls = Telephone(door=self._door, about=about, chance=chance, speak=speak)
        self._troupe.send(f"caller-{about.customer.number}", calls.perform)

    def _send_mail(self, person: Person) -> None:
        """A mail of one whom they served last time; else of a valued customer."""
        who = self._regulars.one(person.id, person.locale)
        valued = who or self._somebody(person.locale, "platinum")
        self._comes(self._matter("orders", valued, mail=True))

    def _matter(self, topic: str, who: Customer, *, mail: bool) -> Contact:
        inbox = shop.MAIL_INBOX if mail else shop.CHAT_INBOX
        about = behaviour.contact(self._chance, self._everybody)
        return replace(
            about,
            customer=who,
            topic=topic,
            mail=mail,
            inbox=inbox,
            order=who.order or about.order,
            signed_in=not mail,
        )

    def _somebody(self, language: str, segment: str | None = None) -> Customer:
        return self._chance.choice(
            [
                who
                for who in self._everybody
                if who.language == language and segment in {None, who.segment}
            ]
        )

    async def _storm(self) -> None:
        for _ in range(OUTAGE_CONTACTS):
            about = behaviour.contact(self._chance, self._everybody)
            mail = self._chance.random() < behaviour.MAIL_SHARE / 2
            inbox = shop.MAIL_INBOX if mail else shop.CHAT_INBOX
            self._comes(replace(about, topic=behaviour.OUTAGE, mail=mail, inbox=inbox))
            await self.pace.sleep(behaviour.until_next(self._chance, OUTAGE_CONTACTS / OUTAGE_MS))

    def _arrives(self, writers: Writers, letter: Letter) -> None:
        about = writers.wants_to_answer(letter)
        if about is not None:
            self._troupe.send(
                f"customer-{about.customer.number}", lambda: writers.write_back(about, letter)
            )

    # Humans

    def _heard(self, _: Sequence[Recorded]) -> None:
        if self.chairs is not None:
            self.chairs.look()
        for agent in tuple(self._awaited):
            known = self.house.engine.center().agents.get(agent)
            if known is not None and known.connected:
                self._awaited.discard(agent)
                if known.presence is not Presence.AVAILABLE:
                    self._troupe.send(f"chair-{agent}", partial(self._starts_work, agent))

    async def _starts_work(self, agent: AgentId) -> None:
        user = await self.house.security.users.one(UserId(agent))
        await self.house.submit(
            SetPresence(
                id=CommandId(str(uuid4())),
                by=user.actor,
                agent=agent,
                presence=Presence.AVAILABLE,
            )
        )
