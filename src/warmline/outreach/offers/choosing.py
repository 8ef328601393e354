"""Which offer fits a conversation: first who may be offered anything, then what brings most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from warmline.core.words import DAY, CustomerId, Instant, SiteId
from warmline.outreach.offers import keeping
from warmline.outreach.offers.learning import Learning
from warmline.outreach.offers.model import Around, Facts, Offer, Talk, Terms, WhyNot
from warmline.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An offer whose rule is true of a customer, and what it is expected to bring."""

    offer: Offer
    terms: Sequence[Mapping[str, object]]
    """The conditions of the rule with what was found."""
    uplift: float | None
    """How much likelier the customer orders for being offered it; None while nothing is learnt."""

    @property
    def expected_minor(self) -> float:
        """Uplift × value; the value alone while nothing is learnt."""
        return self.offer.value_minor * (1.0 if self.uplift is None else self.uplift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The best offer, or why there is none; and what was known of the customer."""

    best: Candidate | None = None
    why_not: WhyNot | None = None
    detail: str | None = None
    """The word of the rule of contact, where that was it."""
    facts: Facts = field(default_factory=dict[str, float | str | bool | None])


def ranked(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """By what they are expected to bring, the most first; what would put somebody off is left out.

    Of equals the one with the smaller id comes first, so that the same is said twice.
    """
    worth = [one for one in candidates if one.uplift is None or one.uplift > 0]
    return sorted(worth, key=lambda one: (-one.expected_minor, one.offer.id))


class Choosing:
    """Chooses for one site."""

    def __init__(
        self, database: Database, site: SiteId, around: Around, learning: Learning
    ) -> None:
        self._database = database
        self._site = site
        self._around = around
        self._learning = learning

    async def best(
        self, talk: Talk, ids: Sequence[CustomerId], *, now: Instant, terms: Terms
    ) -> Chosen:
        """The best offer for a person in a conversation that is solved, or why there is none.

        Who is held out is not looked at here: both arms go through the same questions.
        """
        async with self._database.read() as connection:
            running = [one for one in await keeping.offers(connection, self._site) if one.runs(now)]
            since = now - terms.pause_days * DAY
            recently = await keeping.shown_since(connection, self._site, ids, since)
        if not running:
            return Chosen(why_not=WhyNot.NOT_RUNNING)
        barred = await self._barred(talk, ids)
        if barred is not None:
            return barred
        if recently:
            return Chosen(why_not=WhyNot.RECENTLY)
        facts = await self._around.rules.facts(ids, talk)
        if facts is None:
            return Chosen(why_not=WhyNot.NOT_ALLOWED, detail="objects_profiling")
        found = ranked(await self._candidates(running, facts))
        if not found:
            return Chosen(why_not=WhyNot.NOTHING_FITS, facts=facts)
        return Chosen(best=found[0], facts=facts)

    async def _barred(self, talk: Talk, ids: Sequence[CustomerId]) -> Chosen | None:
        """What stands in the way, whatever the offer."""
        around = self._around
        if await around.complains(talk, ids):
            return Chosen(why_not=WhyNot.COMPLAINT)
        if await around.mood_falls(talk.interaction):
            return Chosen(why_not=WhyNot.MOOD)
        if not around.load_allows(talk.agent):
            return Chosen(why_not=WhyNot.LOAD)
        refused = await around.may_offer(ids, talk.medium)
        if refused is not None:
            return Chosen(why_not=WhyNot.NOT_ALLOWED, detail=refused)
        return None

    async def _candidates(self, running: Sequence[Offer], facts: Facts) -> Sequence[Candidate]:
        learnt = await self._learning.learnt()
        found: list[Candidate] = []
        for one in running:
            terms = await self._around.rules.weigh(one.rule, facts)
            if terms is not None:
                uplift = None if learnt is None else learnt.uplift_of(one.id, facts)
                found.append(Candidate(offer=one, terms=terms, uplift=uplift))
        return found
