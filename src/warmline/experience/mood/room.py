"""Mood and topics as the center keeps them: estimated as messages come, learnt from corrections."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress

import structlog
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import DAY, InteractionId
from warmline.experience.mood import queries
from warmline.experience.mood.estimates import OTHER, About, Asked, Corrected, Knowledge, Told
from warmline.experience.mood.falling import has_fallen
from warmline.experience.mood.model import MoodFell, Place, Standing, TopicHeard
from warmline.experience.mood.tables import interaction_topic, mood_model, turn_mood
from warmline.experience.mood.worker import EstimatingFailed, Worker
from warmline.ports import Signal, Talk, Turn
from warmline.storage.rows import Row
from warmline.storage.upsert import upsert

CORRECTIONS_LIMIT = 2_000
"""So many of the newest corrections are learnt from."""
SORTED_AGAIN = 2_000
"""So many of the newest conversations find their topic anew when the taxonomy changed."""
AT_ONCE = 200
LOOK_S = 600.0
_TOPIC_KEYS = ("site", "interaction")
log = structlog.get_logger()


class Moods:
    """Estimates what customers feel and talk about, and keeps it; one at work at a time."""

    def __init__(self, place: Place, worker: Worker, *, on: bool = True) -> None:
        self.place = place
        self._worker = worker
        self.on = on
        """Whether this center estimates at all."""
        self._fell: list[MoodFell] = []
        self._heard: list[TopicHeard] = []
        self._standing: Standing | None = None
        self._age = 0
        """Counts up when what is known has changed, so that nothing stale is kept."""
        self._learn_turn = asyncio.Lock()
        self._wanted = asyncio.Event()
        self._wants_training = False
        self.learning = False
        """Whether it learns or sorts anew right now."""

    async def run(self) -> None:
        """Learn from corrections nightly, or when asked; until cancelled."""
        while self.on:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), LOOK_S)
            try:
                await self._work()
            except EstimatingFailed as error:
                log.warning("mood_learning_failed", why=str(error))

    def when_fallen(self, listener: MoodFell) -> None:
        """Tell this listener, too, when the mood of an open conversation has fallen."""
        self._fell.append(listener)

    def when_heard(self, listener: TopicHeard) -> None:
        """Tell this listener, too, what an open conversation is about."""
        self._heard.append(listener)

    async def stop(self) -> None:
        """End the process for estimates."""
        await self._worker.stop()

    def learn_soon(self, *, train: bool) -> None:
        """The taxonomy changed, or somebody asks for a new model: do it in the background."""
        self._forget()
        self._wants_training = self._wants_training or train
        self._wanted.set()

    async def estimate(self, messages: Collection[str]) -> None:
        """Estimate what is new among these messages, keep it, tell who wants to know."""
        place = self.place
        async with place.database.read() as connection:
            known = await queries.estimated(connection, place.site, messages)
        turns = await place.words.turns([one for one in messages if one not in known])
        if not turns:
            return
        async with place.database.read() as connection:
            touched = {turn.interaction for turn in turns}
            chosen = await queries.put_by_hand(connection, place.site, touched)
        talks = await place.words.talks(touched - chosen)
        standing = await self.standing()
        asked = Asked(
            turns=tuple(turn.text for turn in turns), talks=tuple(talk.text for talk in talks)
        )
        told = await self._worker.tell(standing.knowledge, asked)
        async with place.database.write() as connection:
            await self._keep_moods(connection, standing, turns, told)
            await self._keep_topics(connection, standing, talks, told)
        await self._tell(turns)
        live = place.state.center().interactions
        for talk, found in zip(talks, told.topics, strict=True):
            if found.topic != OTHER and talk.interaction in live:
                for listener in self._heard:
                    await listener(talk.interaction, found.topic)

    async def standing(self) -> Standing:
        """The model in use with what it knows; the first is trained when it is first needed."""
        place = self.place
        while self._standing is None:
            age = self._age
            async with place.database.read() as connection:
                found = await queries.newest_model(connection, place.site)
                topics = await queries.topics(connection, place.site)
            if found is None:
                await self.train()
                continue
            taught = await self._taught(frozenset(one["id"] for one in topics))
            examples = [
                About(topic=one["id"], text=text) for one in topics for text in one["examples"]
            ]
            knowledge = Knowledge(model=found["weights"], examples=(*examples, *taught))
            standing = Standing(
                version=found["version"], at=found["at"], facts=found["facts"], knowledge=knowledge
            )
            if age == self._age:
                self._standing = standing
        return self._standing

    def _forget(self) -> None:
        self._standing = None
        self._age += 1

    async def train(self) -> None:
        """Make a model from the seed and the corrections, and use it from now on."""
        place = self.place
        async with self._learn_turn:
            async with place.database.read() as connection:
                said = await queries.corrections(connection, place.site, CORRECTIONS_LIMIT)
                before = await queries.newest_model(connection, place.site)
            moods = {one["message"]: one["mood"] for one in reversed(said) if one["message"]}
            turns = await place.words.turns(moods)
            corrected = [Corrected(text=turn.text, mood=moods[turn.message]) for turn in turns]
            weights, facts = await self._worker.train(corrected)
            values = {
                "site": place.site,
                "version": 1 if before is None else before["version"] + 1,
                "at": place.clock.now(),
                "facts": dict(facts),
                "weights": weights,
            }
            async with place.database.write() as connection:
                await connection.execute(insert(mood_model).values(**values))
            self._forget()

    async def sort_again(self) -> int:
        """Find the topics of the newest conversations anew; how many that were."""
        place = self.place
        async with place.database.read() as connection:
            ids = await queries.newest_by_model(connection, place.site, SORTED_AGAIN)
        for start in range(0, len(ids), AT_ONCE):
            talks = await place.words.talks(ids[start : start + AT_ONCE])
            standing = await self.standing()
            asked = Asked(talks=tuple(talk.text for talk in talks))
            told = await self._worker.tell(standing.knowledge, asked)
            async with place.database.write() as connection:
                await self._keep_topics(connection, standing, talks, told)
        return len(ids)

    async def suggestions(self, talks: Sequence[Talk]) -> list[list[Talk]]:
        """Groups of conversations that are alike, the most typical of each first."""
        groups = await self._worker.groups([talk.text for talk in talks])
        return [[talks[place] for place in group] for group in groups]

    async def _work(self) -> None:
        asked, self._wants_training = self._wants_training, False
        sort = self._wanted.is_set()
        self._wanted.clear()
        if not asked and not sort and not await self._is_due():
            return
        self.learning = True
        try:
            if asked or not sort:
                await self.train()
            await self.sort_again()
        finally:
            self.learning = False

    async def _is_due(self) -> bool:
        """Whether there are corrections that the model of yesterday does not know."""
        place = self.place
        async with place.database.read() as connection:
            model = await queries.newest_model(connection, place.site)
            newest = await queries.corrections(connection, place.site, 1)
        if model is None or not newest or newest[0]["at"] <= model["at"]:
            return False
        return place.clock.now() - model["at"] >= DAY

    async def _taught(self, topics: Collection[str]) -> list[About]:
        """Conversations whose topic people chose, as further examples of it."""
        place = self.place
        async with place.database.read() as connection:
            said = await queries.corrections(connection, place.site, CORRECTIONS_LIMIT)
        chosen = {one["interaction"]: one["topic"] for one in reversed(said) if one["topic"]}
        wanted = {id_: one for id_, one in chosen.items() if one in topics and one != OTHER}
        talks = await place.words.talks(wanted)
        return [About(topic=wanted[talk.interaction], text=talk.text) for talk in talks]

    async def _keep_moods(
        self, connection: AsyncConnection, standing: Standing, turns: Sequence[Turn], told: Told
    ) -> None:
        values = [
            {
                "site": self.place.site,
                "message": turn.message,
                "interaction": turn.interaction,
                "at": turn.at,
                "mood": heard.mood,
                "by": heard.by,
                "model": standing.version,
            }
            for turn, heard in zip(turns, told.moods, strict=True)
        ]
        await connection.execute(upsert(turn_mood, keys=("site", "message"), change=()), values)

    async def _keep_topics(
        self, connection: AsyncConnection, standing: Standing, talks: Sequence[Talk], told: Told
    ) -> None:
        site = self.place.site
        chosen = await queries.put_by_hand(connection, site, [one.interaction for one in talks])
        values: list[Mapping[str, object]] = [
            {
                "site": site,
                "interaction": talk.interaction,
                "topic": found.topic,
                "share": found.share,
                "by": "model",
                "model": standing.version,
                "at": talk.at,
            }
            for talk, found in zip(talks, told.topics, strict=True)
            if talk.interaction not in chosen
        ]
        if values:
            await connection.execute(upsert(interaction_topic, keys=_TOPIC_KEYS), values)

    async def _tell(self, turns: Sequence[Turn]) -> None:
        """Screens look anew at open conversations; of a fallen mood those hear who asked to."""
        place = self.place
        live = place.state.center().interactions
        fresh: dict[InteractionId, int] = {}
        for turn in turns:
            if turn.interaction in live:
                fresh[turn.interaction] = fresh.get(turn.interaction, 0) + 1
        async with place.database.read() as connection:
            moods = await queries.moods_of(connection, place.site, fresh)
        for interaction, many in fresh.items():
            place.signals.send(Signal(name="mood", interaction=interaction))
            if has_fallen(moods.get(interaction, ()), many):
                for listener in self._fell:
                    await listener(interaction)


def facts_of(found: Row | None) -> Mapping[str, object] | None:
    """A model as screens show it."""
    return (
        None
        if found is None
        else {**found["facts"], "version": found["version"], "at": found["at"]}
    )
