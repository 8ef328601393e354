"""The calls of one network: in memory while they go on, and in rows for the time after a crash."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.channels.voice import numbers, tables
from warmline.channels.voice import words as w
from warmline.channels.voice.calls import Call, Leg, Message, Outside, Taping
from warmline.channels.voice.quality import Qualities
from warmline.core.commands import Command
from warmline.core.interaction import Interaction
from warmline.core.words import AgentId, Instant, InteractionId, QueueId, SiteId
from warmline.ports import Submit, Write
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, row, rows


class Calls:
    """The calls that go on, by interaction and by leg."""

    def __init__(self, *, database: Database, site: SiteId, network: str) -> None:
        self._database = database
        self._site = site
        self._network = network
        self._quality = Qualities(database, site)
        self._calls: dict[InteractionId, Call] = {}
        self._by_leg: dict[w.LegId, InteractionId] = {}
        self._unkept: defaultdict[InteractionId, list[Write]] = defaultdict(list)
        """Rows that are not on the disk yet, by call, in order."""
        self._turn = asyncio.Lock()

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
                        call = _call(id_, mine, tapes)
                        await self._numbers(connection, call)
                        self.add(call)

    async def begun(self, interaction: InteractionId) -> Call | None:
        """The call that an agent has just begun, when this network is to carry it."""
        call = Call(interaction=interaction)
        with storage_errors():
            async with self._database.read() as connection:
                await self._numbers(connection, call)
                line = tables.line(self._site, self._network, call.shown or "")
                found = await row(connection, line)
        if call.number is None:
            return None
        call.recorded = found is not None and found["recorded"]
        self.add(call)
        return call

    async def _numbers(self, connection: AsyncConnection, call: Call) -> None:
        """Which numbers it is about: the customer's, and one outside."""
        for one in await rows(connection, numbers.of(self._site, [call.interaction])):
            if one["network"] != self._network:
                continue
            leg = call.legs.get(w.LegId(one["leg"]))
            if one["role"] == w.Role.CUSTOMER.value:
                call.number, call.shown = one["number"], one["shown"]
            elif leg is not None and leg.is_there():
                call.outside = Outside(
                    leg=leg.id, number=one["number"], shown=one["shown"], first=one["first"]
                )

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
        self._unkept[call.interaction].append(self.row(call, leg))
        await self.keep(call)
        self.know(call, leg)

    def begin_offered(self, call: Call, leg: Leg) -> None:
        """A leg is about to be dialled for an offer, which is in the log and names it already."""
        self._unkept[call.interaction].append(self.row(call, leg))
        self.know(call, leg)

    def know(self, call: Call, leg: Leg) -> None:
        """A leg belongs to a call."""
        call.legs[leg.id] = leg
        self._by_leg[leg.id] = call.interaction

    def answered(self, leg: Leg, at: Instant) -> None:
        """A leg can be talked on."""
        self._change(leg, answered_at=at)
        leg.answered_at = at

    async def measured(self, event: w.QualityMeasured) -> None:
        """Somebody's page tells how well it hears."""
        call = self._calls.get(self._by_leg.get(event.leg, InteractionId("")))
        if call is not None and call.legs[event.leg].is_there():
            await self._quality.measured(call.interaction, event)

    async def ended(self, leg: Leg, event: w.LegEnded) -> None:
        """A leg is over."""
        await self._quality.keep(leg.id)
        cause, by = event.cause, event.by
        self._change(leg, ended_at=event.at, cause=cause.value, by=by.value)
        leg.ended_at, leg.cause, leg.by, leg.place = event.at, cause, by, None

    async def taken_over(
        self, call: Call, found: Interaction | None, taker: AgentId | None
    ) -> None:
        """A supervisor who listened is the agent from now on, on the same phone."""
        leg = call.of_supervisor(taker) if taker is not None else None
        if leg is not None and found is not None and found.agent == taker:
            self._change(leg, role=w.Role.AGENT.value)
            await self.keep(call)
            leg.role = w.Role.AGENT

    # Rows of legs: what became of one travels with the command that follows, or goes by itself

    def _change(self, leg: Leg, **values: object) -> None:
        write = tables.leg_changed(self._site, leg.id, **values)
        self._unkept[self._by_leg[leg.id]].append(write)

    async def tell(self, call: Call, submit: Submit, command: Command) -> None:
        """Ask for what follows from the legs of a call; their rows become durable with it."""
        writes = self._unkept.pop(call.interaction, [])
        written = False
        try:
            written = not (await submit(command, *writes)).repeated
        finally:
            if writes and not written:
                self._unkept[call.interaction][:0] = writes

    async def keep(self, call: Call) -> None:
        """What became of the legs of a call is on the disk when this returns.

        Whoever writes takes the rows of all others along: a transaction is dear, a row is not.
        """
        while call.interaction in self._unkept:
            async with self._turn:
                if call.interaction in self._unkept:
                    await self._keep_all()

    async def _keep_all(self) -> None:
        taken, self._unkept = self._unkept, defaultdict(list)
        written = False

        def write(connection: Connection) -> None:
            for of_call in taken.values():
                for one in of_call:
                    connection.execute(one.statement, one.rows)

        try:
            with storage_errors():
                await self._database.at_once(write)
            written = True
        finally:
            if not written:
                for id_, of_call in taken.items():
                    self._unkept[id_][:0] = of_call


def _call(id_: InteractionId, legs: Collection[Row], tapes: Collection[Row]) -> Call:
    call = Call(interaction=id_, tapes=len(tapes), recorded=bool(tapes), opened=True)
    for one in legs:
        leg = _leg(one)
        call.legs[leg.id] = leg
    for one in tapes:
        if one["queue"] is not None:
            call.message = _message(one)
        if one["ended_at"] is None and one["failed"] is None:
            call.tape = Taping(
                id=w.RecordingId(one["id"]),
                agent=None if one["agent"] is None else AgentId(one["agent"]),
                paused_at=one["paused_at"],
            )
    return call


def _message(one: Row) -> Message:
    """A message that was being left: its tone was heard, and its recording asked for."""
    recording = w.RecordingId(one["id"])
    return Message(
        recording=recording,
        queue=QueueId(one["queue"]),
        most_ms=0,
        tone=w.PlayId(f"{recording}:tone"),
        asked=True,
        heard=True,
        started=True,
        over=one["ended_at"] is not None,
        failed=one["failed"] is not None,
    )


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
