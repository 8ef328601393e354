"""The room of guidance: its settings, the live guide that goes by them, simulations asked for."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Actor, Instant, Rejected, SiteId
from warmline.desk.guidance.advice import Advice
from warmline.desk.guidance.live import Guide
from warmline.desk.guidance.model import Simulate, SimulationFailed, plain, read_rules
from warmline.desk.guidance.rule import Rules
from warmline.desk.guidance.tables import guidance_settings, settings_of
from warmline.desk.model import Audit
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import row
from warmline.storage.upsert import upsert

log = structlog.get_logger()
KIND = "guidance"


@dataclass(slots=True, kw_only=True)
class GuidanceRoom:
    """Everything behind `/guidance`; `run` goes with the center."""

    database: Database
    site: SiteId
    clock: Clock
    guide: Guide
    advice: Advice
    simulate: Simulate
    audit: Audit
    trial_at: Instant | None = None
    simulated: Mapping[str, Any] | None = None
    fault: str | None = None
    """Why the last simulation came to nothing."""
    _asked: Rules | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Go by what is set, and simulate what is asked for, until cancelled."""
        await self._load()
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                if self._asked is not None:
                    await self._simulate(self._asked)
                    self._asked = None
        finally:
            self.guide.stop()

    async def _load(self) -> None:
        async with self.database.read() as connection:
            found = await row(connection, settings_of(self.site))
        if found is None:
            return
        self.trial_at, self.simulated = found["trial_at"], found["simulated"]
        self.guide.use(read_rules(found["rules"]))

    async def change(self, actor: Actor, rules: Rules) -> None:
        """Other rules hold from now on."""
        rules.check()
        before, now = self.guide.rules, self.clock.now()
        if rules == before:
            return
        if rules.share_pct != before.share_pct or rules.on != before.on:
            self.trial_at = now
        values = {
            "site": self.site,
            "rules": plain(rules),
            "trial_at": self.trial_at,
            "updated_at": now,
            "updated_by": actor.user,
        }
        async with self.database.write() as connection:
            await connection.execute(upsert(guidance_settings, values, keys=("site",)))
            await self._tell(connection, actor, before, rules)
        self.guide.use(rules)

    async def _tell(
        self, connection: AsyncConnection, actor: Actor, before: Rules, after: Rules
    ) -> None:
        told = self.audit(actor, "changed", KIND, KIND, before=plain(before), after=plain(after))
        await connection.execute(told.statement)

    # What it would do

    @property
    def simulates(self) -> bool:
        """Whether a simulation is under way."""
        return self._asked is not None

    def ask(self, rules: Rules) -> None:
        """Simulate what these rules would do; one at a time."""
        rules.check()
        if self._asked is not None:
            raise Rejected("simulating", "A simulation is under way.")
        self._asked, self.fault = rules, None
        self._news.set()

    async def _simulate(self, rules: Rules) -> None:
        try:
            figures = dict(await self.simulate(rules))
        except SimulationFailed as failure:
            log.warning("guidance_simulation_failed", cause=str(failure))
            self.fault = str(failure)
            return
        self.simulated = {**figures, "at": self.clock.now(), "rules": plain(rules)}
        kept = {
            "site": self.site,
            "rules": plain(self.guide.rules),
            "simulated": self.simulated,
            "updated_at": self.clock.now(),
        }
        async with self.database.write() as connection:
            await connection.execute(
                upsert(guidance_settings, kept, keys=("site",), change=("simulated",))
            )
