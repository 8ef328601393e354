"""Hears of every message that a customer wrote, at its own pace, with a durable cursor."""

from collections.abc import Sequence

from warmline.core import events as e
from warmline.experience.mood.room import Moods
from warmline.ports import Recorded


class MoodReaction:
    """Asks for an estimate of what is new; the same messages twice are estimated once."""

    name = "mood"

    def __init__(self, moods: Moods) -> None:
        self._moods = moods

    async def react(self, batch: Sequence[Recorded]) -> None:
        """Estimate what customers wrote."""
        said = [one.event.message for one in batch if isinstance(one.event, e.MessageReceived)]
        if said:
            await self._moods.estimate(said)
