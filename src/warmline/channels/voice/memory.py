"""The calls of one network: in memory while they go on, and in rows for the time after a crash."""

from collections.abc import Collection, Iterator

from warmline.channels.voice import tables
from warmline.channels.voice import words as w
from warmline.channels.voice.calls import Call, Leg, Taping
from warmline.core.words import AgentId, Instant, InteractionId, SiteId
from warmline.ports import Write
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, rows


class Calls:
    """The calls that go on, by interaction and by leg."""

    def __init__(self, *, database: Database, site: SiteId, network: str) -> None:
        self._database = database
        self._site = site
        self._network = network
        self._calls: dict[InteractionId, Call] = {}
        self._by_leg: dict[w.LegId, InteractionId] = {}

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._calls.values()))

    def get(self, interaction: InteractionId) -> Call | None:
        """The call of an interaction, while it goes on."""
        return self._calls.get(interaction)

    def of(self, leg: w.LegId) -> InteractionId | None:
        """Whose leg it is."""
        return self._by_leg.get(leg)

    def add(self, call: Call) -> None:
        """A call is there."""
        self._calls[call.interaction] = call
        for leg in call.legs:
            self._by_leg[leg] = call.interaction

    def drop(self, call: Call) -> None:
        """A call is over, or never was."""
        self._calls.pop(call.interaction, None)
        for leg in call.legs:
            self._by_leg.pop(leg, None)

    async def load(self, interactions: Collection[InteractionId]) -> None:
        """The calls of these interactions, and those with legs that never ended, as rows say."""
        with storage_errors():
            async with self._database.read() as connection:
                left = await rows(connection, tables.open_legs(self._site, self._network))
                ids = {*interactions, *(InteractionId(one["interaction"]) for one in left)}
                for id_ in sorted(ids - self._calls.keys()):
                    legs = await rows(connection, tables.legs(self._site, id_))
                    mine = [one for one in legs if one["network"] == self._network]
                    tapes = await rows(connection, tables.recordings(self._site, id_))
                    if mine and id_ not in self._calls:
                        self.add(_call(id_, mine, tapes))

    def row(self, call: Call, leg: Leg) -> Write:
        """A new leg, as it travels with a command."""
        values = {
            "leg": leg.id,
            "interaction": call.interaction,
            "network": self._network,
            "role": leg.role.value,
            "agent": leg.agent,
            "matter": leg.matter,
            "at": leg.at,
        }
        return tables.leg_row(self._site, values)

    async def begin(self, call: Call, leg: Leg) -> None:
        """A leg of ours is about to be dialled: known before the network knows it."""
        write = self.row(call, leg)
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(write.statement, write.rows)
        call.legs[leg.id] = leg
        self._by_leg[leg.id] = call.interaction

    async def answered(self, leg: Leg, at: Instant) -> None:
        """A leg can be talked on."""
        await self.change(leg, answered_at=at)
        leg.answered_at = at

    async def ended(self, leg: Leg, event: w.LegEnded) -> None:
        """A leg is over."""
        cause, by = event.cause, event.by
        await self.change(leg, ended_at=event.at, cause=cause.value, by=by.value)
        leg.ended_at, leg.cause, leg.by, leg.place = event.at, cause, by, None

    async def change(self, leg: Leg, **values: object) -> None:
        """Write what became of a leg."""
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(tables.leg_changed(self._site, leg.id, **values))


def _call(id_: InteractionId, legs: Collection[Row], tapes: Collection[Row]) -> Call:
    call = Call(interaction=id_, tapes=len(tapes), recorded=bool(tapes), opened=True)
    for one in legs:
        leg = _leg(one)
        call.legs[leg.id] = leg
    for one in tapes:
        if one["ended_at"] is None and one["failed"] is None:
            call.tape = Taping(
                id=w.RecordingId(one["id"]),
                agent=None if one["agent"] is None else AgentId(one["agent"]),
                paused_at=one["paused_at"],
            )
    return call


def _leg(one: Row) -> Leg:
    return Leg(
        id=w.LegId(one["leg"]),
        role=w.Role(one["role"]),
        at=one["at"],
        agent=None if one["agent"] is None else AgentId(one["agent"]),
        matter=one["matter"],
        answered_at=one["answered_at"],
        ended_at=one["ended_at"],
        cause=None if one["cause"] is None else w.Cause(one["cause"]),
        by=None if one["by"] is None else w.By(one["by"]),
    )
