"""What the guidance means in one conversation: who is spared, and why."""

from dataclasses import dataclass

from warmline.core.interaction import Interaction
from warmline.core.words import AgentId, InteractionId
from warmline.desk.guidance.live import Guide
from warmline.desk.guidance.model import Sources
from warmline.desk.guidance.rule import About, Guidance, Spared, advised, spared


@dataclass(frozen=True, slots=True)
class Advice:
    """Reads what is known of a conversation and says what each state means in it."""

    guide: Guide
    sources: Sources

    async def spared(self, one: Interaction, agent: AgentId) -> tuple[Spared, ...]:
        """Why nobody is asked to be brief in it; none when it may be asked."""
        customer = one.customer
        flags = await self.sources.flags(customer) if customer is not None else ()
        about = About(
            reason=one.reason,
            stake=one.stake,
            topic=await self.sources.topic(InteractionId(one.id)),
            segment=one.segment,
            flags=frozenset(flags),
            known_before=customer is not None and await self.sources.known_before(customer, one.id),
            quality_pct=self.guide.quality_pct(agent),
        )
        return spared(about, self.guide.rules.floor)


def meanings(why_not: tuple[Spared, ...], *, guided: bool) -> dict[str, str]:
    """What is said in the conversation for each state that may come into force."""
    return {
        state.value: (advised(state, why_not) if guided else Guidance.USUAL).value
        for state in Guidance
    }
