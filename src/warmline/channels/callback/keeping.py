"""Whoever waits long keeps the place and is called back: when it is offered, how it is done."""

from collections.abc import Sequence
from itertools import islice
from uuid import NAMESPACE_OID, uuid5

from warmline.channels.callback.channel import Callbacks, Wish
from warmline.channels.callback.plan import Plan, Span, windows
from warmline.channels.webchat.waiting import Line
from warmline.core import commands as c
from warmline.core import queueing
from warmline.core.interaction import Interaction
from warmline.core.settings import Inbox
from warmline.core.words import (
    LIVE_MEDIA,
    SYSTEM,
    CommandId,
    InteractionId,
    Medium,
    Phase,
    Rejected,
)
from warmline.ports import Clock, State, Submit

CAUSE = "callback"
"""Why an interaction has ended whose customer is called back."""
WINDOWS_TOLD = 3
"""Nobody keeps more hours in mind that are read out to them."""


class PlaceKeeping:
    """Offers callbacks to who waits live, and turns their waiting into a promise."""

    def __init__(
        self, *, callbacks: Callbacks, line: Line, state: State, clock: Clock, submit: Submit
    ) -> None:
        self._callbacks = callbacks
        self._line = line
        self._state = state
        self._clock = clock
        self._submit = submit

    def is_offered(self, interaction: InteractionId) -> bool:
        """Whether the wait is expected to be long enough, by what the policy says of the queue."""
        found = self._state.center().interactions.get(interaction)
        if found is None or found.phase is not Phase.QUEUED or found.medium not in LIVE_MEDIA:
            return False
        if found.queue is None or self.door(found) is None:
            return False
        after_ms = self._state.center().policy.callbacks.offer_after.get(found.queue)
        if after_ms is None:
            return False
        expected = self._line.expected(interaction, self._clock.now())
        return expected is not None and (expected.low_ms + expected.high_ms) // 2 >= after_ms

    def door(self, found: Interaction) -> Inbox | None:
        """The door for callbacks that leads to the queue of who waits; None without one."""
        inboxes = self._state.center().inboxes.values()
        doors = [one for one in inboxes if one.medium is Medium.CALLBACK]
        return next((one for one in doors if one.queue == found.queue), None)

    def windows(self, interaction: InteractionId) -> Sequence[Span]:
        """The next hours in which who waits may be called instead, at most `WINDOWS_TOLD`."""
        center = self._state.center()
        found = center.interaction(interaction)
        inbox = self.door(found)
        if inbox is None:
            return ()
        queue = center.queue(queueing.queue_for(inbox, self._reason(found, inbox), found.language))
        return tuple(islice(windows(center, queue, self._clock.now()), WINDOWS_TOLD))

    async def promise(
        self, interaction: InteractionId, number: str, window: Span | None = None
    ) -> Plan:
        """A call to the number, with the age of who waits; or in the window that they chose.

        Raises `Malformed` for what cannot be called, `Rejected` when nobody waits there any more,
        and `TooMany`.
        """
        found = self._state.center().interaction(interaction)
        inbox = self.door(found)
        if inbox is None or found.phase not in {Phase.QUEUED, Phase.OFFERED}:
            raise Rejected("wrong_phase", f"Interaction {interaction} does not wait.")
        wish = Wish(
            inbox=inbox.id,
            number=number,
            id=str(uuid5(NAMESPACE_OID, f"callback:{interaction}")),
            language=found.language,
            reason=self._reason(found, inbox),
            window=window,
            since=found.arrived_at if window is None else None,
        )
        return await self._callbacks.promise(wish)

    def _reason(self, found: Interaction, inbox: Inbox) -> str | None:
        return found.reason if found.reason in inbox.by_reason else None

    async def leave(self, interaction: InteractionId) -> None:
        """They wait no more. Raises `Rejected` when an agent has just taken them."""
        command = c.End(
            id=CommandId(f"kept:{interaction}"), by=SYSTEM, interaction=interaction, cause=CAUSE
        )
        await self._submit(command)
