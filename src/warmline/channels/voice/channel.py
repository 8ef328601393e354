"""Telephone calls as a channel: what the center decides is done in the network, and back.

Everything that happens to a call is looked at by one question, `steps.steps`: what it needs next.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection
from contextlib import suppress

import structlog

from warmline.channels.voice import back, leaving
from warmline.channels.voice import words as w
from warmline.channels.voice.afterwards import Afterwards
from warmline.channels.voice.around import Around
from warmline.channels.voice.arrivals import Arrivals
from warmline.channels.voice.asking import (
    Elsewhere,
    asked_by,
    nobody_outside,
    not_reached,
    taken_up_again,
)
from warmline.channels.voice.back import Numbers
from warmline.channels.voice.calling_back import CallsBack
from warmline.channels.voice.calls import Call, Leg
from warmline.channels.voice.comparing import (
    CALL,
    GONE,
    NETWORK,
    STRANGER,
    TAPE,
    WORD_MS,
    Comparing,
)
from warmline.channels.voice.deeds import Deeds
from warmline.channels.voice.doing import Doing
from warmline.channels.voice.leaving import Leaving
from warmline.channels.voice.lines import Lines
from warmline.channels.voice.memory import Calls
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.voice.outward import Outward
from warmline.channels.voice.reception import Reception
from warmline.channels.voice.recordings import Recordings
from warmline.channels.voice.steps import OPEN, Situation, steps
from warmline.channels.voice.treating import Treating
from warmline.channels.voice.turns import Turns
from warmline.channels.webchat.limits import TooMany
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import (
    SECOND,
    AgentId,
    InteractionId,
    Malformed,
    Medium,
    Millis,
    Rejected,
    SiteId,
)
from warmline.customers.directory import Directory
from warmline.flows.runs import Runs
from warmline.ports import (
    Answer,
    Blobs,
    Busy,
    Capabilities,
    Clock,
    Recorded,
    Signal,
    Signals,
    Stakes,
    State,
    Submit,
    Write,
)
from warmline.storage.database import Database

log = structlog.get_logger()

ROUNDS = 8
"""After so many answers to "what next" in a row, somebody else has their turn."""
AGAIN_MS = SECOND
BEFORE_LAPSE_MS = SECOND


class VoiceChannel:
    """The calls of one site over one network."""

    capabilities = Capabilities(medium=Medium.VOICE, live=True, hold=True, writes=False)

    def __init__(
        self,
        *,
        site: SiteId,
        network: VoiceNetwork,
        database: Database,
        blobs: Blobs,
        state: State,
        clock: Clock,
        signals: Signals,
        customers: Directory,
        stakes: Stakes | None = None,
        numbers: Numbers | None = None,
        region: str | None = None,
    ) -> None:
        self.name = f"voice-{network.name}"
        self.site, self.network = site, network
        self.database, self.blobs, self.state = database, blobs, state
        self.calls = Calls(database=database, site=site, network=network.name)
        self.recordings = Recordings(
            database=database, blobs=blobs, site=site, network=network, changed=self._show
        )
        self.up = False
        """Whether the network is there."""
        self.devices: set[AgentId] = set()
        """Whose phones are there, as far as the network tells."""
        self._clock, self._signals, self._numbers = clock, signals, numbers
        around = Around(
            site=site,
            network=network,
            database=database,
            state=state,
            clock=clock,
            calls=self.calls,
            recordings=self.recordings,
            region=region,
        )
        self._turns = Turns(self._turn)
        self.keys: CallsBack | None = None
        self.afterwards = Afterwards(around, later=self._later)
        self.lines = Lines(database, site, network.name)
        self._arrivals = Arrivals(around, lines=self.lines, customers=customers, stakes=stakes)
        self._leaving = Leaving(around, ask=self._ask, look=self.soon)
        self.outward = Outward(around, ask=self._ask, look=self.soon)
        self._treating = Treating(
            around,
            ask=self._ask_soon,
            leaves=self._leaving.begins,
            goes_outside=self.outward.leads,
            look=self.soon,
        )
        self._reception = Reception(
            around, arrivals=self._arrivals, treating=self._treating, ask=self._ask
        )
        self._doing = Doing(around, ask=self._ask, missing=self._missing, again=self._again)
        self.deeds = Deeds(around, doing=self._doing, later=self._later)
        self._told: dict[InteractionId, deque[w.LegEvent]] = defaultdict(deque)
        self._asked: dict[InteractionId, deque[c.Command]] = defaultdict(deque)
        self._tapes: dict[w.RecordingId, w.RecordingReady | w.RecordingFailed] = {}
        self._submit: Submit | None = None
        self._comparing = Comparing(
            around,
            tell=self._tell,
            finished=self._tapes.setdefault,
            turns=self._turns,
            is_stranger=self._is_stranger,
        )

    # The port

    async def listen(self, submit: Submit) -> None:
        """Be there for callers until cancelled."""
        self._submit = submit
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._turns.run())
                group.create_task(self.network.run(self.hear))
        finally:
            self._submit = None
            self.up = False

    async def react(self, recorded: Recorded) -> None:
        """Have the call looked at whose interaction this is."""
        event = recorded.event
        if not isinstance(event, e.InteractionEvent):
            return
        call = self.calls.get(event.interaction)
        if call is None and isinstance(event, e.Accepted):
            call = await back.begins(
                self.calls, self.state, event, self._numbers, self.network.abilities
            )
        elif call is None and isinstance(event, e.Begun) and event.medium is Medium.VOICE:
            call = await self.calls.begun(event.interaction)
        if call is None:
            return
        if isinstance(event, e.ConsultEnded) and event.cause != "talk_over":
            self._consult_over(event)
        if isinstance(event, e.Transferred):
            found = self.state.center().interactions.get(call.interaction)
            await self.calls.taken_over(call, found, event.to_agent)
        if isinstance(event, e.Ended | e.Abandoned):
            call.ended = True
        if isinstance(event, e.Ended):
            self.afterwards.begins(call, event)
        if isinstance(event, e.Ended | e.Transferred | e.Returned):
            call.above.clear()
        self.soon(event.interaction)

    async def reconcile(self, open_interactions: Collection[InteractionId]) -> None:
        """After a restart: remember the calls; what has become of them the network will tell."""
        interactions = self.state.center().interactions
        spoken = {Medium.VOICE, Medium.CALLBACK}
        mine = [id_ for id_ in open_interactions if interactions[id_].medium in spoken]
        await self.calls.load(mine)
        for call in self.calls:
            found = interactions.get(call.interaction)
            call.ended = found is None or found.phase not in OPEN
            if found is not None and found.medium is Medium.CALLBACK and self._numbers is not None:
                call.number = await self._numbers(call.interaction)
        for id_ in mine:
            if interactions[id_].begun and self.calls.get(id_) is None:
                await self.calls.begun(id_)
        if self.up:
            self._turns.soon(NETWORK)

    # What others ask

    def treat(self, runs: Runs) -> None:
        """Let callers meet the flows that stand at their inboxes."""
        self._treating.treat(runs)

    def soon(self, interaction: InteractionId) -> None:
        """Have a call looked at soon."""
        self._turns.soon(f"{CALL}{interaction}")

    def interaction_of(self, leg: w.LegId) -> InteractionId:
        """The interaction that begins, or began, with an incoming leg."""
        return self._arrivals.interaction(leg)

    async def hear(self, event: w.VoiceEvent) -> None:
        """Something happened in the network: kept in order for its call, and attended to."""
        match event:
            case w.NetworkUp():
                self.up = True
                self._turns.soon(NETWORK)
            case w.NetworkDown():
                self.up = False
                log.warning("voice_network_down", network=self.network.name)
            case w.DeviceSeen(agent=agent, on=on):
                (self.devices.add if on else self.devices.discard)(agent)
            case w.RecordingReady() | w.RecordingFailed():
                self._tapes[event.recording] = event
                self._turns.soon(f"{TAPE}{event.recording}")
            case w.QualityMeasured():
                await self.calls.measured(event)
            case w.LegEvent():
                self._hear_leg(event)
            case _:
                return

    # Inside

    def _hear_leg(self, event: w.LegEvent) -> None:
        interaction: InteractionId | None
        if isinstance(event, w.LegOffered) or event.leg in self._reception.refused:
            interaction = self.interaction_of(event.leg)
        else:
            interaction = self.calls.of(event.leg) or self._coming(event.leg)
        if interaction is not None:
            self._told[interaction].append(event)
            self.soon(interaction)

    def _coming(self, leg: w.LegId) -> InteractionId | None:
        """A call that is being taken in just now."""
        interaction = self.interaction_of(leg)
        return interaction if interaction in self._told else None

    async def _turn(self, matter: str) -> None:
        if matter == NETWORK:
            await self._comparing.compare()
            await self._leaving.left_over()
        elif matter.startswith(STRANGER):
            leg = w.LegId(matter.removeprefix(STRANGER))
            if self._is_stranger(leg):
                await self.network.do(w.HangUpLeg(leg=leg))
        elif matter.startswith(GONE):
            self._comparing.missed(w.LegId(matter.removeprefix(GONE)))
        elif matter.startswith(TAPE):
            await self._keep(w.RecordingId(matter.removeprefix(TAPE)))
        else:
            await self._attend(InteractionId(matter.removeprefix(CALL)))

    async def _attend(self, interaction: InteractionId) -> None:
        """What was told of a call, what was asked, and what it needs next."""
        told = self._told.get(interaction)
        while told:
            await self._take(interaction, told[0])
            told.popleft()
        self._told.pop(interaction, None)
        call = self.calls.get(interaction)
        if call is not None and call.again:
            await self._treating.again(call)
            call.again = False
        asked = self._asked.get(interaction)
        while asked:
            try:
                await self._ask(asked[0])
            except Rejected as refusal:
                if isinstance(asked[0], c.Admit) and call is not None:
                    await self._reception.turn_away(call, refusal.code)
            asked.popleft()
        self._asked.pop(interaction, None)
        if call is not None:
            if call.stays:
                await self.afterwards.goes_on(call)
            await self._settle(call)
            if interaction in self._told:
                return  # what comes next takes the rows along
            await self.calls.keep(call)
            if call.is_over() and interaction not in self.state.center().interactions:
                self.calls.drop(call)
        self._show(interaction)

    def _show(self, interaction: InteractionId) -> None:
        """Those who look at the call look again."""
        self._signals.send(Signal(name="call", interaction=interaction))

    async def _take(self, interaction: InteractionId, event: w.LegEvent) -> None:
        if isinstance(event, w.LegOffered):
            await self._reception.comes(event)
            return
        if isinstance(event, w.LegEnded | w.Played) and event.leg in self._reception.refused:
            del self._reception.refused[event.leg]
            await self.network.do(w.HangUpLeg(leg=event.leg))
        elif await self._treating.heard(event):
            return
        call = self.calls.get(interaction)
        leg = call.legs.get(event.leg) if call is not None else None
        if call is None or leg is None or not leg.is_there():
            return
        await self._take_of(call, leg, event)

    async def _take_of(self, call: Call, leg: Leg, event: w.LegEvent) -> None:
        await self._take_keys(call, leg, event)
        match event:
            case w.LegAnswered():
                if leg.answered_at is None:
                    self.calls.answered(leg, event.at)
                    if leg.role is w.Role.CUSTOMER and self._treating.meets(call):
                        await self.calls.keep(call)  # else a restart would take it for new
                        await self._treating.answered(call)
            case w.LegEnded():
                await self.calls.ended(leg, event)
                if leg.role is w.Role.SUPERVISOR and leg.agent is not None:
                    call.above.pop(leg.agent, None)
                elif leg.role is w.Role.OUTSIDE:
                    self._outside_over(call, leg)
            case w.HoldAsked() | w.TransferAsked():
                await self._device_asks(call, leg, event)
            case _:
                return

    async def _take_keys(self, call: Call, leg: Leg, event: w.LegEvent) -> None:
        """What a caller says by keys, to whoever has asked."""
        if call.message is not None:
            leaving.heard(call.message, event)
        if self.keys is not None and leg.role is w.Role.CUSTOMER:
            await self.keys.heard(self.network, call, event)
        if call.stays:
            await self.afterwards.heard(call, event)

    async def _device_asks(
        self, call: Call, leg: Leg, event: w.HoldAsked | w.TransferAsked
    ) -> None:
        """A device only asks; the center decides."""
        asked = asked_by(self.state.center(), call.interaction, leg, event)
        if isinstance(asked, Elsewhere):
            with suppress(Rejected, Malformed, TooMany):
                await self.outward.hand_out(call.interaction, asked.to, first=False)
        elif asked is not None:
            self._asked[call.interaction].append(asked)

    def _consult_over(self, event: e.ConsultEnded) -> None:
        found = self.state.center().interactions.get(event.interaction)
        resume = taken_up_again(found, event)
        if resume is not None:
            self._asked[event.interaction].append(resume)

    def _outside_over(self, call: Call, leg: Leg) -> None:
        """Nobody outside any more: back to the agent, or into the line."""
        call.outside = None
        found = self.state.center().interactions.get(call.interaction)
        command = nobody_outside(found, leg)
        if command is not None:
            self._asked[call.interaction].append(command)

    # What a call needs

    async def _settle(self, call: Call) -> None:
        """Do what is needed until nothing is; while the network is away nothing can be done."""
        if not self.up:
            await self._nobody_rings(call)
            return
        for _ in range(ROUNDS):
            found = self.state.center().interactions.get(call.interaction)
            now = self._clock.now()
            needed = steps(
                Situation(call=call, found=found, now=now, abilities=self.network.abilities)
            )
            if not await self._doing.all(call, list(needed), now):
                break
        else:
            self._turns.later(f"{CALL}{call.interaction}", AGAIN_MS)

    async def _nobody_rings(self, call: Call) -> None:
        """No phone rings while the network is away: that is not counted against an agent."""
        found = self.state.center().interactions.get(call.interaction)
        if found is None or found.offer is None:
            return
        left_ms = found.offer.lapses_at - self._clock.now()
        if left_ms > BEFORE_LAPSE_MS:
            self._turns.later(f"{CALL}{call.interaction}", left_ms - BEFORE_LAPSE_MS)
            return
        with suppress(Rejected):
            await self._ask(not_reached(found))

    def _tell(self, call: Call, event: w.LegEvent) -> None:
        self._told[call.interaction].append(event)

    # Recordings

    async def _keep(self, recording: w.RecordingId) -> None:
        event = self._tapes.get(recording)
        if isinstance(event, w.RecordingReady):
            kept_ms = await self.recordings.ready(recording, event.duration_ms, event.at)
            await self._leaving.kept(event, kept_ms)
        elif event is not None:
            await self.recordings.failed(recording, event.why, event.at)
            await self._leaving.failed(recording)
        self._tapes.pop(recording, None)

    # After the network was away, or the center was

    def _later(self, interaction: InteractionId, ms: Millis) -> None:
        self._turns.later(f"{CALL}{interaction}", ms)

    def _again(self, interaction: InteractionId) -> None:
        self._later(interaction, AGAIN_MS)

    def _missing(self, leg: w.LegId) -> None:
        self._turns.later(f"{GONE}{leg}", WORD_MS)

    def _ask_soon(self, interaction: InteractionId, command: c.Command) -> None:
        self._asked[interaction].append(command)
        self.soon(interaction)

    def _is_stranger(self, leg: w.LegId) -> bool:
        known = self.calls.of(leg) is not None or self._coming(leg) is not None
        return not known and leg not in self._reception.refused

    async def _ask(self, command: c.Command, *writes: Write) -> Answer:
        if self._submit is None:
            raise Busy(1)
        return await self._submit(command, *writes)
