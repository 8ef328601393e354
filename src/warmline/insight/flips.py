"""What would have changed a decision: the smallest change of one thing, tried on the rule itself.

A candidate comes from the scores; it is told only when the core, asked again with the change, asks
somebody else, and with a slightly smaller change still the same one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from warmline.core import routing, rules
from warmline.core.agent import AgentState, quality_pct
from warmline.core.events import Decision
from warmline.core.lane import MEDIUM_BIT, QueueClass, match_ms
from warmline.core.policy import ARM_B
from warmline.core.settings import HIGHEST_LEVEL, Agent, Score, Source, Trait
from warmline.core.words import HOUR, SECOND, AgentId, InteractionId, Millis, SkillId
from warmline.insight.moment import Moment

MOST_TRIED = 3
"""Agents without a skill for whom it is tried out."""
LARGEST = 3_000
"""In a larger center the slider is not searched: it asks the rule a few dozen times."""
_POINTS = 100
_UNKNOWN = 0.5
MORE, LESS = "more", "less"


class What(StrEnum):
    """What is changed."""

    IDLE = "idle"
    SCORE = "score"
    SLIDER = "slider"
    SKILL = "skill"
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One thing that, changed by `by`, would have had another outcome.

    `of` is whose thing it is; `to` is the agent who would have been asked, or for a freed agent
    the interaction. `by` is in ms (idle, wait, slider), points of 100 (score), or the level
    (skill); `then` is the value it would have to be, `now` what it was.
    """

    what: What
    to: str
    by: int
    of: str | None = None
    way: str = MORE
    now: int = 0
    then: int = 0
    skill: SkillId | None = None
    trait: Trait | None = None


def flips(moment: Moment) -> tuple[Flip, ...]:
    """Every change that was tried and holds, the plainest first."""
    if moment.decision.cause in {"preferred", "taken_over"}:
        return ()
    tries = (_wait, _idle, _slider, _score, _skill)
    return tuple(flip for tried in tries for flip in tried(moment))


def from_record(decision: Decision) -> tuple[Flip, ...]:
    """What the record alone tells, when the moment cannot be brought back."""
    if decision.cause == "freed" and decision.rivals:
        rival, behind = decision.rivals[0]
        return (Flip(what=What.WAIT, of=rival, to=rival, by=behind + 1),)
    if _by_idle_time(decision) and decision.runners_up:
        other = decision.runners_up[0]
        by = idle_gap_ms(decision)
        return (Flip(what=What.IDLE, of=other[0], to=other[0], by=by, now=other[2],
                     then=other[2] + by),)  # fmt: skip
    return ()


def idle_gap_ms(decision: Decision) -> Millis:
    """How much longer the next one would have had to be free; equal scores go by id."""
    winner, other = decision.winner, decision.runners_up[0]
    return other[1] - winner[1] + (0 if other[0] < winner[0] else 1)


def _by_idle_time(decision: Decision) -> bool:
    return decision.cause in {"best", "fallback"} and (
        decision.rule in rules.TIME_ORDERED or decision.cause == "fallback"
    )


def holds(moment: Moment, change: Callable[[Moment, int], None], flip: Flip) -> bool:
    """Whether the change has the outcome, and a slightly smaller one has not."""
    return outcome(moment, change, flip.by, flip) == flip.to and (
        outcome(moment, change, flip.by - _step(flip), flip) != flip.to
    )


def outcome(
    moment: Moment, change: Callable[[Moment, int], None], by: int, flip: Flip
) -> str | None:
    """Who, or for a freed agent what, is chosen after a change by so much."""
    branch = moment.branch()
    change(branch, by)
    return branch.next_for_agent() if flip.what is What.WAIT else branch.agent_for_it()


def change_for(flip: Flip) -> Callable[[Moment, int], None]:
    """How the thing that a flip is about is changed by so much."""
    sign = 1 if flip.way == MORE else -1
    match flip.what:
        case What.IDLE:
            return lambda moment, by: _be_idle_for(moment, AgentId(flip.of or ""), by)
        case What.WAIT:
            return lambda moment, by: _come_earlier(moment, InteractionId(flip.of or ""), by)
        case What.SLIDER:
            return lambda moment, by: _slide(moment, sign * by)
        case What.SCORE:
            trait = flip.trait or Trait.QUALITY
            return lambda moment, by: _rate(moment, AgentId(flip.of or ""), trait, sign * by)
        case What.SKILL:
            skill = flip.skill or SkillId("")
            return lambda moment, by: _learn(moment, AgentId(flip.of or ""), skill, by)


def _step(flip: Flip) -> int:
    """A slightly smaller change: a second of the slider, else one."""
    return SECOND if flip.what is What.SLIDER else 1


# The changes


def _be_idle_for(moment: Moment, agent: AgentId, by: Millis) -> None:
    moment.center.agents[agent].idle_since -= by


def _come_earlier(moment: Moment, interaction: InteractionId, by: Millis) -> None:
    moment.center.interactions[interaction].key -= by


def _slide(moment: Moment, by: Millis) -> None:
    policy = moment.center.policy
    moment.center.policy = replace(policy, worth_ms=policy.worth_ms + by)


def _rate(moment: Moment, agent: AgentId, trait: Trait, points: int) -> None:
    state = moment.center.agents[agent]
    state.spec = _rated(state.spec, trait, points)


def _learn(moment: Moment, agent: AgentId, skill: SkillId, level: int) -> None:
    state = moment.center.agents[agent]
    skills = {**state.spec.skills, skill: level}
    if level == 0:
        del skills[skill]
    state.spec = replace(state.spec, skills=skills)


def _rated(agent: Agent, trait: Trait, points: int) -> Agent:
    known = agent.scores.get(trait)
    value = _UNKNOWN if known is None else known.value
    changed = min(1.0, max(0.0, (round(value * _POINTS) + points) / _POINTS))
    score = Score(value=changed, source=Source.MANUAL)
    return replace(agent, scores={**agent.scores, trait: score})


# The candidates


def _wait(moment: Moment) -> Iterator[Flip]:
    decision = moment.decision
    if decision.cause != "freed" or not decision.rivals:
        return
    rival, behind = decision.rivals[0]
    for by in (behind, behind + 1):  # where two claims are equal, the place in line decides
        flip = Flip(what=What.WAIT, of=rival, to=rival, by=by)
        if by > 0 and holds(moment, change_for(flip), flip):
            yield flip
            return


def _idle(moment: Moment) -> Iterator[Flip]:
    decision = moment.decision
    if not _by_idle_time(decision) or not decision.runners_up:
        return
    for flip in from_record(decision):
        if flip.by > 0 and holds(moment, change_for(flip), flip):
            yield flip


def _slider(moment: Moment) -> Iterator[Flip]:
    """The nearest place of the slider, in whole seconds, at which another one is asked."""
    center, decision = moment.center, moment.decision
    size = len(center.agents) + len(center.waiting.queued)
    if not _weighs_match(moment) or not decision.runners_up or size > LARGEST:
        return
    worth = center.policy.worth_ms
    found = [
        flip
        for way, most in ((LESS, worth // SECOND), (MORE, (HOUR - worth) // SECOND))
        if (flip := _slid(moment, way, most)) is not None
    ]
    yield from sorted(found, key=lambda flip: flip.by)[:1]


def _slid(moment: Moment, way: str, most: int) -> Flip | None:
    probe = Flip(what=What.SLIDER, to="", by=0, way=way)
    change = change_for(probe)

    def other(seconds: int) -> str | None:
        chosen = outcome(moment, change, seconds * SECOND, probe)
        return None if chosen == moment.winner else chosen

    if most <= 0 or other(most) is None:
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if other(middle) is not None else (middle, high)
    to = other(high)
    worth = moment.center.policy.worth_ms
    then = worth - high * SECOND if way == LESS else worth + high * SECOND
    return (
        None
        if to is None
        else Flip(what=What.SLIDER, to=to, by=high * SECOND, way=way, now=worth, then=then)
    )


def _score(moment: Moment) -> Iterator[Flip]:
    """The fewest points by which a score would have to be another."""
    decision, center = moment.decision, moment.center
    if not _weighs_match(moment) or not decision.runners_up:
        return
    winner, other = decision.winner[0], decision.runners_up[0][0]
    weights = center.policy.traits
    trait = max(weights, key=lambda one: weights[one], default=None)
    if trait is None:
        return
    for by in range(1, _POINTS + 1):
        for of, way in ((winner, LESS), (other, MORE)):
            points = by if way == MORE else -by
            state = center.agents[of]
            now = _points(state, trait)
            if 0 <= now + points <= _POINTS and _would_turn(moment, of, trait, points):
                flip = Flip(what=What.SCORE, of=of, to=other, by=by, way=way, now=now,
                            then=now + points, trait=trait)  # fmt: skip
                if holds(moment, change_for(flip), flip):
                    yield flip
                    return


def _points(state: AgentState, trait: Trait) -> int:
    known = state.spec.scores.get(trait)
    return round(_POINTS * (_UNKNOWN if known is None else known.value))


def _would_turn(moment: Moment, of: AgentId, trait: Trait, points: int) -> bool:
    """Whether the two scores of the record would change places."""
    decision, center = moment.decision, moment.center
    changed = quality_pct(_rated(center.agents[of].spec, trait, points), center.policy)
    match = match_ms(decision.worth_ms, changed)
    ranks = [
        (score + (was - match if id_ == of else 0), id_)
        for id_, score, _, was, _ in (decision.winner, decision.runners_up[0])
    ]
    return ranks[1] < ranks[0]


def _weighs_match(moment: Moment) -> bool:
    """Whether the slider in force, and no other one, decided between agents."""
    decision, center = moment.decision, moment.center
    return (
        decision.cause == "best"
        and decision.rule in rules.WEIGHS_MATCH
        and decision.arm != ARM_B
        and decision.worth_ms > 0
        and center.failed_at is None
        and center.policy.worth_ms > 0
        and rules.worth_ms(center, moment.interaction) % center.policy.worth_ms == 0
        and center.mode is None
    )


def _skill(moment: Moment) -> Iterator[Flip]:
    """Who stood open, lacked one needed skill alone, and would have been asked with it."""
    for gap, _, agent, skill, level in sorted(_near(moment), key=_nearest)[:MOST_TRIED]:
        flip = Flip(what=What.SKILL, of=agent, to=agent, by=level, now=level - gap, then=level,
                    skill=skill)  # fmt: skip
        if holds(moment, change_for(flip), flip):
            yield flip
            return


_Near = tuple[int, int, AgentId, SkillId, int]


def _nearest(near: _Near) -> tuple[int, int, str]:
    return near[0], near[1], near[2]


def _near(moment: Moment) -> Iterator[_Near]:
    """(levels short, rank, agent, skill, level needed) of those who lack one skill alone."""
    center, interaction = moment.center, moment.interaction
    wanted = QueueClass(routing.class_of(center, interaction, moment.at))
    if wanted.named:
        return
    bits = center.waiting.bits
    known = {
        bits.bit(skill, level): (skill, level)
        for skill in center.skills
        for level in range(1, HIGHEST_LEVEL + 1)
    }
    open_bit = MEDIUM_BIT[interaction.medium]
    worth = rules.worth_ms(center, interaction)
    decision = moment.decision
    timely = decision.rule in rules.TIME_ORDERED
    best = (moment.at + decision.winner[1], decision.winner[0])
    for agent in center.agents.values():
        status = agent.status()
        if status <= 0 or not status & open_bit:
            continue
        if interaction.declined.get(agent.id, 0) > moment.at:
            continue
        lacks = _lacks_one(wanted, agent, known)
        if lacks is not None:
            skill, level = lacks
            rank = rules.parked_key(center, agent) - match_ms(worth, agent.quality_pct)
            if timely and (rank, agent.id) >= best:
                continue
            yield level - agent.spec.skills.get(skill, 0), rank, agent.id, skill, level


def _lacks_one(
    wanted: QueueClass, agent: AgentState, known: dict[int, tuple[SkillId, int]]
) -> tuple[SkillId, int] | None:
    """The one skill, with the level, that would make the agent able; None for any other cause."""
    mask, team = agent.profile.mask, agent.spec.team
    missing = wanted.all_of & ~mask
    if missing == 0 and wanted.any_of and not mask & wanted.any_of:
        missing = wanted.any_of & -wanted.any_of
    found = known.get(missing)
    return found if found is not None and wanted.admits(agent.id, mask | missing, team) else None
