"""A fallen mood opens a case: what the room of mood tells, handed to the room of cases."""

from warmline.core.words import SYSTEM, InteractionId
from warmline.experience.cases.model import Source
from warmline.experience.cases.opening import Occasion
from warmline.experience.cases.queries import case_by
from warmline.wiring.cases import Cases


class FallenMood:
    """Opens a case when the mood of a conversation has fallen, at most one for each."""

    def __init__(self, cases: Cases) -> None:
        self._room = cases.room
        self._opening = cases.opening

    async def __call__(self, interaction: InteractionId) -> None:
        """Open it, if the conversation has none."""
        room = self._room
        talk = await room.talks(interaction)
        if talk is None:
            return
        occasion = Occasion(
            source=Source.MOOD,
            interaction=interaction,
            customer=talk.customer,
            queue=talk.queue,
            segment=talk.segment,
            agent=talk.agent,
        )
        staff = await room.staff()
        async with room.database.write() as connection:
            if await case_by(connection, room.site, interaction=interaction) is not None:
                return
            told = await self._opening.open(connection, SYSTEM, occasion, staff)
        self._opening.tell([told], staff, "opened")
