"""Who gets whom: the routing rule, run until quiet after every command.

Who may comes before who should. An agent's score for an interaction is `parked key - match`; the
least wins. An interaction's claim on an agent is `key - match`; the least wins. The match is
`worth * value of the segment * (quality of the agent - 50) / 100`, so one slider says how much idle
time a better match outweighs. Who has the strongest claim of all chooses among all who may.
"""

from zlib import crc32

from warmline.core import deferral, modes, rules, ruleset
from warmline.core import events as e
from warmline.core.agent import AWAY, OFFERED, AgentState, profile
from warmline.core.interaction import Interaction, Offer
from warmline.core.lane import ClassKey, Lane, bonus_ms
from warmline.core.lane import match_ms as lane_match_ms
from warmline.core.matcher import Claim, Matcher, Rank
from warmline.core.settings import Policy, Queue, Ring, Rule
from warmline.core.state import Center
from warmline.core.words import (
    AgentId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    OfferId,
    Phase,
    SkillId,
)

_WARMLINE = Rule.WARMLINE  # an attribute of an enum costs more than the comparison it is for
_RANDOM = Rule.RANDOM
_QUEUED = Phase.QUEUED
FOREMOST = 3
"""The winner and the runners-up that a decision names."""
PREFERRED_RING = -1
UNRECORDED = e.Decision(cause="unrecorded", ring=0, considered=0, winner=(AgentId(""), 0, 0, 0, 0))
"""The record of every decision where nobody reads them: in a simulation that asks for none."""


def next_offer(center: Center, now: Instant) -> e.Offered | None:
    """The next offer to make, or None when nobody waits for whom somebody able is free.

    Looks only at interactions that wait anew and at agents who became free: for all others the
    last call has already found nothing.
    """
    matcher = center.waiting.matcher or begin(center)
    freed, unsettled = matcher.freed, matcher.unsettled
    if not unsettled:
        if not freed:
            return None
        found = _for_one_agent(center, matcher, now) if len(freed) == 1 else _next(center, now)
    elif not freed and len(unsettled) == 1:
        found = _to_the_best(center, matcher, next(iter(unsettled)), now)
    else:
        found = _next(center, now)
    if found is None:
        freed.clear()
        unsettled.clear()
    return found


def _next(center: Center, now: Instant) -> e.Offered | None:
    """The offer that the strongest claim of all leads to, where several have to be looked at."""
    matcher = center.waiting.matcher
    assert matcher is not None
    chosen: Claim | None = None
    for id_ in list(matcher.freed):
        agent = center.agents[id_]
        claims = matcher.claims(agent, now, 1)
        matcher.park(agent, rules.parked_key(center, agent))
        if not claims:
            del matcher.freed[id_]
        elif chosen is None or claims[0] < chosen:
            chosen = claims[0]
    for id_ in matcher.unsettled:
        claim = _claim(matcher, center.interactions[id_], now)
        if claim is not None and (chosen is None or claim < chosen):
            chosen = claim
    return None if chosen is None else _to_the_best(center, matcher, chosen[1][1], now)


def _claim(matcher: Matcher, interaction: Interaction, now: Instant) -> Claim | None:
    """The claim of one who waits anew on the best match among those who stand open."""
    lane = matcher.queued[interaction.id]
    assert lane is not None
    best: Millis | None = None
    for id_, band in matcher.standing(lane.of):
        if interaction.declined.get(id_, 0) <= now:
            match = lane.match_ms(band)
            if best is None or match > best:
                best = match
    if best is None:
        return None
    return interaction.key - best, (interaction.key, interaction.id), lane


def _for_one_agent(center: Center, matcher: Matcher, now: Instant) -> e.Offered | None:
    """The strongest claim on the one agent who got room, or the agent stands open."""
    id_ = next(iter(matcher.freed))
    agent = center.agents[id_]
    claims = matcher.claims(agent, now, FOREMOST if matcher.records else 1)
    key = rules.parked_key(center, agent)
    if not claims:
        matcher.park(agent, key)
        return None
    claim, place, lane = claims[0]
    rank = (key + claim - place[0], id_)  # the match is what the claim is less than the key
    return _offer(center, matcher, center.interactions[place[1]], lane, [rank], now, claims)


def _to_the_best(
    center: Center, matcher: Matcher, id_: InteractionId, now: Instant
) -> e.Offered | None:
    """The offer to the best of those who stand open, None when nobody may have it now."""
    lane = matcher.queued[id_]
    assert lane is not None
    if not lane.of.open:
        return None
    interaction = center.interactions[id_]
    most = FOREMOST if matcher.records else 1
    if ruleset.policy_of(center, interaction).rule is _RANDOM:
        ranked = _drawn(center, matcher, interaction, lane, now)[:most]
    else:
        ranked = matcher.best(interaction, lane, now, most)
    return _offer(center, matcher, interaction, lane, ranked, now, None) if ranked else None


def _drawn(
    center: Center, matcher: Matcher, interaction: Interaction, lane: Lane, now: Instant
) -> list[Rank]:
    """Everybody who may have it, in an order by lot that a replay draws again."""
    lot = f"{center.policy.seed}/{interaction.id}/{interaction.offers}/"
    return sorted(
        (crc32((lot + id_).encode()), id_)
        for id_, _ in matcher.standing(lane.of)
        if interaction.declined.get(id_, 0) <= now
    )


# The decision and its record


def _offer(
    center: Center,
    matcher: Matcher,
    interaction: Interaction,
    lane: Lane,
    ranked: list[Rank],
    now: Instant,
    claims: list[Claim] | None,
) -> e.Offered:
    id_ = interaction.id
    return e.Offered(
        now,
        id_,
        ranked[0][1],
        OfferId(f"{id_}.{interaction.offers + 1}"),
        now + offer_ms(center, interaction.medium),
        _decision(center, matcher, interaction, lane, ranked, now, claims)
        if matcher.records
        else UNRECORDED,
    )


def _decision(
    center: Center,
    matcher: Matcher,
    interaction: Interaction,
    lane: Lane,
    ranked: list[Rank],
    now: Instant,
    claims: list[Claim] | None,
) -> e.Decision:
    policy = ruleset.policy_of(center, interaction)
    cause = "best"
    winner = _terms(center, lane, ranked[0], now)
    considered = lane.of.open
    line = 0
    rivals: tuple[tuple[InteractionId, Millis], ...] = ()
    if claims is not None:
        cause = "freed"
        if winner[0] not in matcher.parked:
            considered += 1
        line = matcher.line(winner[0])
        if len(claims) > 1:
            first = claims[0][0]
            rivals = tuple([(place[1], claim - first) for claim, place, _ in claims[1:]])
    if waits_for_preferred(interaction, now):
        cause, ring = "preferred", PREFERRED_RING
    else:
        ring = _ring_number(center, interaction, now)
    declined = _declined(matcher, interaction, lane, now) if interaction.declined else 0
    promised = bool(interaction.promised_by) and deferral.is_promised(center, interaction)
    return e.Decision(
        cause,
        ring,
        considered - declined,
        winner,
        tuple([_terms(center, lane, rank, now) for rank in ranked[1:]]) if len(ranked) > 1 else (),
        _excluded(center, matcher, lane, considered, declined),
        now - interaction.queued_at,
        policy.version,
        policy.rule,
        lane.worth_ms,
        0 if promised else _head_start_ms(center, interaction, policy),
        rules.stake_ms(center, interaction) if interaction.stake is not None else 0,
        _adjustments(center, lane, ranked) if center.prices or lane.groups else (),
        line,
        rivals,
        interaction.arm,
        center.mode,
        deferral.left_ms(center, interaction, now) if promised else None,
        promised and interaction.escalated,
    )


def _ring_number(center: Center, interaction: Interaction, now: Instant) -> int:
    queue = ruleset.queue_of(center, interaction)
    return ring_of(queue, interaction, now)[0] if len(queue.rings) > 1 else 0


def _head_start_ms(center: Center, interaction: Interaction, policy: Policy) -> Millis:
    """What the place in the line was worth when it was given."""
    if policy.rule is not _WARMLINE:
        return 0
    if center.mode is None:
        offset = policy.medium_offset_ms.get(interaction.medium, 0)
    else:
        offset = modes.medium_offset_ms(center, policy, interaction.medium)
    return interaction.arrived_at + offset - interaction.key


def _terms(
    center: Center, lane: Lane, rank: Rank, now: Instant
) -> tuple[AgentId, int, int, int, int]:
    score, id_ = rank
    agent = center.agents[id_]
    match = lane_match_ms(lane.worth_ms, agent.profile.band[0])
    handicap = rules.handicap_ms(center, agent) if agent.holds else 0
    rule = center.policy.rule
    if rule is _WARMLINE or rule in rules.TIME_ORDERED:
        score -= now
    return id_, score, now - agent.idle_since, match, handicap


def _adjustments(
    center: Center, lane: Lane, ranked: list[Rank]
) -> tuple[tuple[AgentId, str, Millis], ...]:
    found: list[tuple[AgentId, str, Millis]] = []
    for _, id_ in ranked:
        agent = center.agents[id_]
        price = rules.price_ms(center, agent)
        if price:
            found.append((id_, "price", price))
        bonus = bonus_ms(lane.groups, agent.profile.band[1]) if lane.groups else 0
        if bonus:
            found.append((id_, "affinity", -bonus))
    return tuple(found)


def _declined(matcher: Matcher, interaction: Interaction, lane: Lane, now: Instant) -> int:
    """How many stand open for it who have said no."""
    found = 0
    for id_, until in interaction.declined.items():
        place = matcher.parked.get(id_)
        if until > now and place is not None and place[1] & lane.of.bit:
            found += matcher.reaches(id_, lane.of)
    return found


def _excluded(
    center: Center, matcher: Matcher, lane: Lane, able: int, declined: int
) -> tuple[tuple[str, int], ...]:
    """Who could not have it, by the first reason: away, being offered, full, not able, declined."""
    away = offered = with_room = 0
    bit = lane.of.bit
    for status, number in matcher.counts.items():
        if status == AWAY:
            away = number
        elif status == OFFERED:
            offered = number
        elif status & bit:
            with_room += number
    full = len(center.agents) - away - offered - with_room
    found: list[tuple[str, int]] = []
    if offered:
        found.append(("being_offered", offered))
    if declined:
        found.append(("declined", declined))
    if full:
        found.append(("full", full))
    if away:
        found.append(("not_available", away))
    if with_room > able:
        found.append(("not_named" if lane.of.named else "skill", with_room - able))
    return tuple(found)


# What is required


def ring_of(queue: Queue, interaction: Interaction, now: Instant) -> tuple[int, Ring]:
    """The widest ring that is open by now, and its number (0 is the first)."""
    waited = now - max(interaction.queued_at, interaction.preferred_until)
    opened = 0
    number = 0
    for index, ring in enumerate(queue.rings):
        opened += ring.after_ms if index else 0
        if waited >= opened:
            number = index
    return number, queue.rings[number]


def waits_for_preferred(interaction: Interaction, now: Instant) -> bool:
    """Whether only the preferred agent is asked for now."""
    return interaction.preferred is not None and now < interaction.preferred_until


def class_of(center: Center, interaction: Interaction, now: Instant) -> ClassKey:
    """What is required of whoever takes the interaction now."""
    if interaction.preferred is not None and now < interaction.preferred_until:
        return interaction.medium, 0, 0, (interaction.preferred,), None, ()
    queue = ruleset.queue_of(center, interaction)
    ring = queue.rings[0] if len(queue.rings) == 1 else ring_of(queue, interaction, now)[1]
    bits = center.waiting.bits
    all_of = bits.of_needs(ring.needs)
    if interaction.language and ring.language_level:
        language = SkillId(interaction.language)
        if language in center.skills:
            all_of |= bits.bit(language, ring.language_level)
    team, not_teams = rules.teams(center, interaction)
    return interaction.medium, all_of, bits.of_needs(ring.any_of), ring.agents, team, not_teams


def offer_ms(center: Center, medium: Medium) -> Millis:
    """How long an agent has to answer an offer of this medium."""
    return center.policy.offer_ms.get(medium, 20_000)


def match_ms(center: Center, interaction: Interaction, agent: AgentState) -> Millis:
    """How much waiting or idling the match of the two outweighs, in ms; below 0 a poor one."""
    return lane_match_ms(rules.worth_ms(center, interaction), agent.quality_pct)


# What has to be looked at


def evolve_offered(center: Center, event: e.Offered) -> None:
    """The interaction is offered: it leaves the line, the agent is asked."""
    waiting, interaction = center.waiting, center.interactions[event.interaction]
    interaction.move(event)
    interaction.offers += 1
    interaction.offer = Offer(event.offer, event.agent, event.lapses_at)
    center.offers += 1
    agent = center.agents[event.agent]
    agent.offer = event.interaction
    agent.offered = center.offers
    leaves(center, interaction)
    if waiting.matcher is not None:
        waiting.matcher.is_offered(event.agent)
    center.want_tick(event.lapses_at, "offer", event.interaction)


def leaves(center: Center, interaction: Interaction) -> None:
    """The interaction does not wait in line any more; twice is once."""
    waiting, id_ = center.waiting, interaction.id
    if id_ not in waiting.queued:
        return
    lane = waiting.queued.pop(id_)
    if interaction.queue is not None:
        waiting.lengths[interaction.queue] -= 1
    if waiting.promised:
        waiting.promised.pop(id_, None)
    if lane is not None and waiting.matcher is not None:
        waiting.matcher.leave(id_, lane)


def waits_again(center: Center, interaction: Interaction, at: Instant | None = None) -> None:
    """Put an interaction that is in phase queued (back) into the line, as its rings say at `at`."""
    assert interaction.phase is _QUEUED
    waiting = center.waiting
    if interaction.id not in waiting.queued:
        waiting.queued[interaction.id] = None
        assert interaction.queue is not None
        waiting.lengths[interaction.queue] = waiting.lengths.get(interaction.queue, 0) + 1
        if interaction.promised_by:
            waiting.promised[interaction.id] = None
    if waiting.matcher is not None:
        _to_lane(center, waiting.matcher, interaction, center.now if at is None else at)


def _to_lane(center: Center, matcher: Matcher, interaction: Interaction, at: Instant) -> None:
    matcher.queue(_lane_of(center, matcher, interaction, at), interaction)


def _lane_of(center: Center, matcher: Matcher, interaction: Interaction, at: Instant) -> Lane:
    """The lane that the rules give; those who are alike in all that they look at share it."""
    stated = interaction.groups and ruleset.policy_of(center, interaction).affinities
    if stated or (interaction.preferred is not None and at < interaction.preferred_until):
        return _found_lane(center, matcher, interaction, at)
    queue = ruleset.queue_of(center, interaction)
    ring = ring_of(queue, interaction, at)[0] if len(queue.rings) > 1 else 0
    tried: str | None = None
    if center.trial is not None and ruleset.tried_for(center, interaction) is not None:
        tried = interaction.arm
    known = (
        interaction.queue,
        interaction.medium,
        interaction.segment,
        interaction.stake,
        interaction.language,
        tried,
        ring,
    )
    lane = matcher.known_lanes.get(known)
    if lane is None:
        lane = matcher.known_lanes[known] = _found_lane(center, matcher, interaction, at)
    return lane


def _found_lane(center: Center, matcher: Matcher, interaction: Interaction, at: Instant) -> Lane:
    key = class_of(center, interaction, at)
    lane_key = (rules.worth_ms(center, interaction), rules.groups(center, interaction))
    return matcher.lane(key, lane_key, center.agents)


def is_freed(center: Center, agent: AgentId) -> None:
    """Have routing look at an agent again: what is in hand, or whether there is room, changed."""
    if center.waiting.matcher is not None:
        center.waiting.matcher.has_changed(center.agents[agent])


def has_new_profile(center: Center, agent: AgentState) -> None:
    """The agent's skills, scores or capacity changed."""
    mask = center.waiting.bits.of_agent(agent.spec.skills)
    agent.profile = profile(agent.spec, center.policy, mask)
    if center.waiting.matcher is not None:
        center.waiting.matcher.has_new_profile(agent)


def begin(center: Center) -> Matcher:
    """Have a state that only followed events decide from now on.

    What it followed was decided to the end: nobody waits in it for whom somebody able is free.
    """
    matcher = made_anew(center, center.now)
    for id_ in matcher.freed:
        agent = center.agents[id_]
        matcher.park(agent, rules.parked_key(center, agent))
    matcher.freed.clear()
    matcher.unsettled.clear()
    return matcher


def made_anew(center: Center, now: Instant) -> Matcher:
    """A matcher to which everything is new, rings as wide as they are now."""
    waiting = center.waiting
    for id_ in waiting.queued:
        waiting.queued[id_] = None
    records = waiting.matcher.records if waiting.matcher is not None else True
    matcher = waiting.matcher = Matcher(center.interactions, waiting.queued)
    matcher.records = records
    for agent in center.agents.values():
        matcher.has_changed(agent)
    for id_ in waiting.queued:
        _to_lane(center, matcher, center.interactions[id_], now)
    return matcher


def look_again(center: Center) -> None:
    """The rules changed: profiles and places in line are others, everything is looked at."""
    waiting = center.waiting
    waiting.offsets.clear()
    for agent in center.agents.values():
        mask = waiting.bits.of_agent(agent.spec.skills)
        agent.profile = profile(agent.spec, center.policy, mask)
    for interaction in center.interactions.values():
        if interaction.phase is Phase.QUEUED or interaction.phase is Phase.OFFERED:
            interaction.key = rules.line_key(center, interaction)
    if waiting.matcher is not None:
        made_anew(center, center.now)
