"""Telephone calls as a channel: what the center decides is done in the network, and back.

Everything that happens to a call is looked at by one question, `steps.steps`: what it needs next.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from uuid import uuid4

import structlog

from warmline.channels.voice import words as w
from warmline.channels.voice.arrivals import Arrivals
from warmline.channels.voice.calls import Call, Leg
from warmline.channels.voice.deeds import Deeds
from warmline.channels.voice.doing import Doing
from warmline.channels.voice.memory import Calls
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.voice.reception import Reception
from warmline.channels.voice.recordings import Recordings
from warmline.channels.voice.steps import Situation, as_agent, steps
from warmline.channels.voice.treating import Treating
from warmline.channels.voice.turns import Turns
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import (
    SECOND,
    AgentId,
    CommandId,
    Instant,
    InteractionId,
    Medium,
    Phase,
    QueueId,
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
WORD_MS = 500
BEFORE_LAPSE_MS = SECOND
GRACE_MS = 3 * SECOND
"""A call that nobody knows may be just arriving; after this long it is hung up."""
_NETWORK = "network"
_CALL = "call "
_TAPE = "tape "
_GONE = "gone "
_STRANGER = "stranger "


Numbers = Callable[[InteractionId], Awaitable[str | None]]
"""Whom to call back; None when that is not known, or not any more."""


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
    ) -> None:
        self.name = f"voice-{network.name}"
        self.site = site
        self.network = network
        self.database = database
        self.blobs = blobs
        self.state = state
        self.calls = Calls(database=database, site=site, network=network.name)
        self.recordings = Recordings(
            database=database, blobs=blobs, site=site, network=network, changed=self._show
        )
        self.up = False
        """Whether the network is there."""
        self.devices: set[AgentId] = set()
        """Whose phones are there, as far as the network tells."""
        self._clock, self._signals, self._numbers = clock, signals, numbers
        self._arrivals = Arrivals(
            site=site,
            network=network.name,
            database=database,
            state=state,
            clock=clock,
            customers=customers,
            calls=self.calls,
            stakes=stakes,
        )
        self._turns = Turns(self._turn)
        self._treating = Treating(
            network=network, state=state, find=self.calls.get, ask=self._ask_soon
        )
        self._reception = Reception(
            arrivals=self._arrivals,
            calls=self.calls,
            network=network,
            state=state,
            treating=self._treating,
            ask=self._ask,
        )
        self._doing = Doing(
            network=network,
            calls=self.calls,
            recordings=self.recordings,
            state=state,
            missing=lambda leg: self._turns.later(f"{_GONE}{leg}", WORD_MS),
        )
        self.deeds = Deeds(
            network=network,
            calls=self.calls,
            state=state,
            clock=clock,
            doing=self._doing,
            later=lambda call, ms: self._turns.later(f"{_CALL}{call}", ms),
        )
        self._told: dict[InteractionId, deque[w.LegEvent]] = defaultdict(deque)
        self._asked: dict[InteractionId, deque[c.Command]] = defaultdict(deque)
        self._tapes: dict[w.RecordingId, w.RecordingReady | w.RecordingFailed] = {}
        self._submit: Submit | None = None

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
            call = await self._calls_back(event.interaction)
        if call is None:
            return
        if isinstance(event, e.ConsultEnded) and event.cause != "talk_over":
            self._consult_over(event)
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
            if found is not None and found.medium is Medium.CALLBACK and self._numbers is not None:
                call.number = await self._numbers(call.interaction)
        if self.up:
            self._turns.soon(_NETWORK)

    # What others ask

    def treat(self, runs: Runs) -> None:
        """Let callers meet the flows that stand at their inboxes."""
        self._treating.treat(runs)

    def soon(self, interaction: InteractionId) -> None:
        """Have a call looked at soon."""
        self._turns.soon(f"{_CALL}{interaction}")

    def interaction_of(self, leg: w.LegId) -> InteractionId:
        """The interaction that begins, or began, with an incoming leg."""
        return self._arrivals.interaction(leg)

    async def hear(self, event: w.VoiceEvent) -> None:
        """Something happened in the network: kept in order for its call, and attended to."""
        match event:
            case w.NetworkUp():
                self.up = True
                self._turns.soon(_NETWORK)
            case w.NetworkDown():
                self.up = False
                log.warning("voice_network_down", network=self.network.name)
            case w.DeviceSeen(agent=agent, on=on):
                (self.devices.add if on else self.devices.discard)(agent)
            case w.RecordingReady() | w.RecordingFailed():
                self._tapes[event.recording] = event
                self._turns.soon(f"{_TAPE}{event.recording}")
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
        if matter == _NETWORK:
            await self._compare()
        elif matter.startswith(_STRANGER):
            leg = w.LegId(matter.removeprefix(_STRANGER))
            if self._is_stranger(leg):
                await self.network.do(w.HangUpLeg(leg=leg))
        elif matter.startswith(_GONE):
            self._missed(w.LegId(matter.removeprefix(_GONE)))
        elif matter.startswith(_TAPE):
            await self._keep(w.RecordingId(matter.removeprefix(_TAPE)))
        else:
            await self._attend(InteractionId(matter.removeprefix(_CALL)))

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
            await self._settle(call)
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
        match event:
            case w.LegAnswered():
                if leg.answered_at is None:
                    await self.calls.answered(leg, event.at)
                    if leg.role is w.Role.CUSTOMER:
                        await self._treating.answered(call)
            case w.LegEnded():
                await self.calls.ended(leg, event)
                if leg.role is w.Role.SUPERVISOR and leg.agent is not None:
                    call.above.pop(leg.agent, None)
            case w.HoldAsked() | w.TransferAsked():
                self._device_asks(call.interaction, leg, event)
            case _:
                return

    def _device_asks(
        self, interaction: InteractionId, leg: Leg, event: w.HoldAsked | w.TransferAsked
    ) -> None:
        """A device only asks; the center decides."""
        if leg.agent is None or leg.role is not w.Role.AGENT:
            return
        by, id_ = as_agent(leg.agent), CommandId(str(uuid4()))
        if isinstance(event, w.HoldAsked):
            kind = c.Hold if event.on else c.Resume
            self._asked[interaction].append(kind(id=id_, by=by, interaction=interaction))
            return
        center = self.state.center()
        queue, agent = QueueId(event.to), AgentId(event.to)
        if queue in center.queues:
            command = c.Transfer(id=id_, by=by, interaction=interaction, to_queue=queue)
        elif agent in center.agents:
            command = c.Transfer(id=id_, by=by, interaction=interaction, to_agent=agent)
        else:
            return
        self._asked[interaction].append(command)

    def _consult_over(self, event: e.ConsultEnded) -> None:
        """The colleague is out again: the customer, who waited for it, is taken up again."""
        found = self.state.center().interactions.get(event.interaction)
        if found is not None and found.agent is not None and not found.consults:
            self._asked[event.interaction].append(
                c.Resume(
                    id=CommandId(f"consult-over:{event.consult}:{event.at}"),
                    by=as_agent(found.agent),
                    interaction=event.interaction,
                )
            )

    async def _calls_back(self, interaction: InteractionId) -> Call | None:
        """A callback was taken: over a network that dials numbers the customer is called."""
        found = self.state.center().interactions.get(interaction)
        if found is None or found.medium is not Medium.CALLBACK or self._numbers is None:
            return None
        if w.Ability.NUMBERS not in self.network.abilities:
            return None
        number = await self._numbers(interaction)
        if number is None:
            return None
        call = Call(interaction=interaction, number=number)
        self.calls.add(call)
        return call

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
            if not await self._do_all(call, list(needed), now):
                break
        else:
            self._turns.later(f"{_CALL}{call.interaction}", AGAIN_MS)
        if call.is_over() and call.interaction not in self.state.center().interactions:
            self.calls.drop(call)

    async def _nobody_rings(self, call: Call) -> None:
        """No phone rings while the network is away: that is not counted against an agent."""
        found = self.state.center().interactions.get(call.interaction)
        if found is None or found.offer is None:
            return
        offer, left_ms = found.offer, found.offer.lapses_at - self._clock.now()
        if left_ms > BEFORE_LAPSE_MS:
            self._turns.later(f"{_CALL}{call.interaction}", left_ms - BEFORE_LAPSE_MS)
            return
        with suppress(Rejected):
            await self._ask(
                c.Decline(
                    id=CommandId(f"not-reached:{offer.id}"),
                    by=as_agent(offer.agent),
                    interaction=found.id,
                    offer=offer.id,
                )
            )

    async def _do_all(
        self, call: Call, needed: Sequence[w.VoiceCommand | c.Command], now: Instant
    ) -> bool:
        """Do them in order; whether to look again at once."""
        again = bool(needed)
        for step in needed:
            if isinstance(step, c.Command):
                again = False  # what comes of it is told as an event
                with suppress(Rejected):
                    await self._ask(step)
                continue
            outcome = await self._doing.do(call, step, now)
            if outcome is w.Outcome.FAILED and not isinstance(step, w.Dial):
                self._turns.later(f"{_CALL}{call.interaction}", AGAIN_MS)
                return False
        return again

    def _gone(self, call: Call, leg: Leg, now: Instant) -> None:
        """A leg is not there any more, and nobody told how that came."""
        by = w.By.CENTER if leg.leaving else w.By.NETWORK
        cause = w.Cause.NORMAL if leg.leaving else w.Cause.LOST
        self._told[call.interaction].append(w.LegEnded(at=now, leg=leg.id, cause=cause, by=by))
        self.soon(call.interaction)

    def _missed(self, id_: w.LegId) -> None:
        call = self.calls.get(self.calls.of(id_) or InteractionId(""))
        leg = call.legs.get(id_) if call is not None else None
        if call is not None and leg is not None and leg.is_there():
            self._gone(call, leg, self._clock.now())

    # Recordings

    async def _keep(self, recording: w.RecordingId) -> None:
        event = self._tapes.get(recording)
        if isinstance(event, w.RecordingReady):
            await self.recordings.ready(recording, event.duration_ms, event.at)
        elif event is not None:
            await self.recordings.failed(recording, event.why, event.at)
        self._tapes.pop(recording, None)

    # After the network was away, or the center was

    async def _compare(self) -> None:
        """Adopt the calls that go on, end those that are gone, hang up those nobody knows."""
        asked_at = self._clock.now()
        seen = await self.network.snapshot()
        legs = {one.leg: one for one in seen.legs}
        for call in self.calls:
            for leg in call.there():
                self._compare_leg(call, leg, legs.get(leg.id), asked_at)
            call.opened = call.room in seen.rooms
            call.again = call.again or self._is_treated(call)
            if call.tape is not None and call.tape.id not in seen.recordings:
                call.tape = None
            self.soon(call.interaction)
        for one in await self.recordings.unfinished() - set(seen.recordings):
            self._tapes.setdefault(one, w.RecordingReady(at=asked_at, recording=one, duration_ms=0))
            self._turns.soon(f"{_TAPE}{one}")
        for one in seen.legs:
            if self._is_stranger(one.leg):
                self._turns.later(f"{_STRANGER}{one.leg}", GRACE_MS)

    def _is_treated(self, call: Call) -> bool:
        found = self.state.center().interactions.get(call.interaction)
        return found is not None and found.phase is Phase.TREATING

    def _ask_soon(self, interaction: InteractionId, command: c.Command) -> None:
        self._asked[interaction].append(command)
        self.soon(interaction)

    def _is_stranger(self, leg: w.LegId) -> bool:
        known = self.calls.of(leg) is not None or self._coming(leg) is not None
        return not known and leg not in self._reception.refused

    def _compare_leg(self, call: Call, leg: Leg, seen: w.LegSeen | None, asked_at: Instant) -> None:
        if seen is not None:
            leg.leaving = leg.picked_up = False
            leg.place = seen.room
            leg.mode = None if seen.room is None else leg.mode or w.Mode.TALK
            if seen.answered and leg.answered_at is None:
                answered = w.LegAnswered(at=asked_at, leg=leg.id)
                self._told[call.interaction].append(answered)
        elif leg.at < asked_at:
            # The word of its end may be on the way, and says who ended it.
            self._turns.later(f"{_GONE}{leg.id}", WORD_MS)

    async def _ask(self, command: c.Command, *writes: Write) -> Answer:
        if self._submit is None:
            raise Busy(1)
        return await self._submit(command, *writes)
