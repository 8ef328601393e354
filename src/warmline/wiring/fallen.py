"""A fallen mood or a topic opens a case: what the room of mood tells, handed to that of cases."""

from warmline.core.words import HOUR, InteractionId
from warmline.experience.cases.keeping import kept_rules
from warmline.experience.cases.model import Source
from warmline.wiring.cases import Cases


class FallenMood:
    """Opens a case when the mood of a conversation has fallen, at most one for each."""

    def __init__(self, cases: Cases) -> None:
        self._opening = cases.opening

    async def __call__(self, interaction: InteractionId) -> None:
        """Open it, if the conversation has none."""
        await self._opening.of_talk(Source.MOOD, interaction)


class HeardTopic:
    """Opens a case when a conversation is about a topic that the site's rules name."""

    def __init__(self, cases: Cases) -> None:
        self._room = cases.room
        self._opening = cases.opening

    async def __call__(self, interaction: InteractionId, topic: str) -> None:
        """Open it by the topic's rule, if the conversation has none."""
        room = self._room
        async with room.database.read() as connection:
            rules = await kept_rules(connection, room.site)
        if topic not in rules.topics:
            return
        hours = rules.topics[topic]
        due_open_ms = None if hours is None else round(hours * HOUR)
        await self._opening.of_talk(Source.TOPIC, interaction, due_open_ms)
