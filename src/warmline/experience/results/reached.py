"""How many targets for what customers answered are attained, for the benchmark panel."""

from collections import Counter

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.experience.results.definitions import MEASURES, estimate
from warmline.experience.results.facts import answers_in
from warmline.experience.results.judging import Verdict, judge
from warmline.experience.results.model import Side, Source, Wanted
from warmline.experience.results.targets import SITE, all_targets, the_terms


async def judged(
    connection: AsyncConnection, site: SiteId, since: Instant, until: Instant
) -> tuple[int, int]:
    """Targets attained in a period, and those for which there were answers enough to tell."""
    known = await all_targets(connection, site)
    targets = [one for one in known if MEASURES[one.measure].source is Source.ANSWERS]
    if not targets:
        return 0, 0
    terms = await the_terms(connection, site)
    found = await answers_in(connection, site, Wanted(since=since, until=until))
    verdicts: Counter[Verdict] = Counter()
    for one in targets:
        theirs = [
            fact for fact in found if one.side == SITE or fact.sides[Side(one.side)] == one.item
        ]
        figure, n = estimate(one.measure, theirs)
        verdicts[judge(figure, n, aim=one.aim, least=terms.least_answers).verdict] += 1
    attained = verdicts[Verdict.ATTAINED]
    return attained, attained + verdicts[Verdict.NOT_ATTAINED]
