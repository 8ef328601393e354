"""A center that runs: started in order, and stopped again."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import structlog

from warmline.conversations.filling import Filling
from warmline.conversations.reactions import ConversationReaction
from warmline.conversations.uploads import Uploads
from warmline.core.commands import DisconnectAgent
from warmline.core.words import (
    CommandId,
)
from warmline.customers.importing.opening import Ordering
from warmline.desk.standards.keeping import StandardsReaction
from warmline.engine.reactions import ChannelReaction, Reactions
from warmline.engine.recovery import settle_memory
from warmline.insight.pricing import Pricing
from warmline.insight.reactions import InsightReaction
from warmline.outreach.courtesy.writing import Courtesy
from warmline.policies.reactions import PolicyReaction
from warmline.policies.what_if import Runs
from warmline.ports import Channel, Reaction
from warmline.storage.journal import DatabaseCursors
from warmline.storage.migrate import migrate
from warmline.wiring.channels import Channels
from warmline.wiring.contradictions import attend
from warmline.wiring.experience import Experience
from warmline.wiring.foundation import Foundation
from warmline.wiring.guidance import guidance_reaction
from warmline.wiring.keeping import rights, traces
from warmline.wiring.standards import standards_of

log = structlog.get_logger()

LEARNT_EVENTS = 20_000
"""So much of the past is read at a start to say how long customers wait."""


class Running:
    """Starts a center and stops it: storage, engine, reactions, channels, and back again."""

    def __init__(
        self,
        base: Foundation,
        channels: Channels,
        runs: Runs,
        ordering: Ordering,
        experience: Experience,
        courtesy: Courtesy,
    ) -> None:
        self._base = base
        self._ordering = ordering
        self._experience = experience
        self._courtesy = courtesy
        self._runs = runs
        self._channels = channels
        self._ready = False
        self._reactions = Reactions(
            base.engine,
            DatabaseCursors(base.database, base.site),
            (*reactions(base), *experience.reactions()),
            urgent=[ChannelReaction(channel) for channel in channels.all()],
        )
        self._uploads = Uploads(
            database=base.database,
            site=base.site,
            clock=base.clock,
            blobs=base.blobs,
            traces=traces(base, channels),
        )
        self._pricing = Pricing(
            database=base.database,
            site=base.site,
            clock=base.clock,
            state=base.engine,
            submit=base.submit,
        )
        base.engine.subscribe(self._pricing.receive)
        attend(base.contradictions, channels.email.mailboxes, base.engine)
        self._retention = rights(base, channels).retention

    def is_ready(self) -> bool:
        """Whether commands are served now."""
        return self._ready

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[None]:
        """The center runs inside the block."""
        base = self._base
        await migrate(base.database)
        await base.engine.start()
        await self._experience.begin()
        await self._lines_stand()
        await self._nobody_is_connected()
        for channel in self._channels.all():
            await channel.reconcile(frozenset(base.engine.center().interactions))
        await self._reactions.start()
        await self._runs.start()
        settle_memory()
        listening = [
            asyncio.create_task(self._listen(channel), name=f"listen-{channel.name}")
            for channel in self._channels.all()
        ]
        listening.append(asyncio.create_task(self._uploads.run(), name="uploads"))
        listening.append(asyncio.create_task(self._ordering.run(), name="orders"))
        listening.append(asyncio.create_task(self._pricing.run(), name="pricing"))
        listening.append(asyncio.create_task(self._retention.nightly(), name="retention"))
        listening.append(asyncio.create_task(base.appraisal.run(), name="appraisal"))
        listening.append(asyncio.create_task(base.learning.run(), name="learning"))
        listening.append(asyncio.create_task(base.outreach.learning.run(), name="offers"))
        listening.append(asyncio.create_task(self._courtesy.run(), name="courtesy"))
        listening.append(asyncio.create_task(base.matching.run(), name="matching"))
        listening.append(asyncio.create_task(base.results.scores.run(), name="scores"))
        listening.append(asyncio.create_task(base.guidance.run(), name="guidance"))
        listening.append(asyncio.create_task(base.contradictions.run(), name="contradictions"))
        listening.append(asyncio.create_task(self._channels.calling.places.run(), name="places"))
        telling = self._channels.calling.announcements.run()
        listening.append(asyncio.create_task(telling, name="announcements"))
        filling = Filling(base.database, base.site, base.clock)
        listening.append(asyncio.create_task(filling.run(), name="filling"))
        listening += [
            asyncio.create_task(run(), name=name) for name, run in self._experience.tasks().items()
        ]
        self._ready = True
        log.info("serving", position=base.engine.position(), site=base.site)
        try:
            yield
        finally:
            self._ready = False
            for task in listening:
                task.cancel()
            for task in listening:
                with suppress(asyncio.CancelledError):
                    await task
            await self._runs.stop()
            await self._reactions.stop()
            await base.moods.stop()
            await base.engine.stop()
            await base.database.close()
            log.info("stopped", position=base.engine.position(), site=base.site)

    async def _lines_stand(self) -> None:
        """Who waits stands in line, and what happened lately says how long it may take."""
        base = self._base
        since = max(0, base.engine.position() - LEARNT_EVENTS)
        async for batch in base.journal.read(after=since):
            base.lines.learn(one.event for one in batch)
        base.lines.begin()

    async def _nobody_is_connected(self) -> None:
        """No screen has outlived the restart: those who do not come back count as lost."""
        gone = [
            DisconnectAgent(id=CommandId(f"restart-{uuid4().hex}"), agent=agent.id)
            for agent in self._base.engine.center().agents.values()
            if agent.connected
        ]
        await asyncio.gather(*map(self._base.submit, gone))

    async def _listen(self, channel: Channel) -> None:
        """Keep a channel listening: one that fails is started again after a pause."""
        pause_s = 1.0
        while True:
            try:
                await channel.listen(self._base.submit)
            except (OSError, ExceptionGroup) as error:
                log.exception("channel_failed", channel=channel.name, exc_info=error)
            await asyncio.sleep(pause_s)
            pause_s = min(60.0, 2 * pause_s)


def reactions(base: Foundation) -> Sequence[Reaction]:
    return (
        ConversationReaction(base.database, base.site),
        InsightReaction(base.database, base.site, base.journal),
        PolicyReaction(base.database, base.site),
        guidance_reaction(base.guidance),
        StandardsReaction(standards_of(base)),
    )
