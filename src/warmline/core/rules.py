"""The routing rules by name: what orders the line, what orders the agents, what a match is worth.

Under every rule the least key of a lane is next, and the agent with the least
`parked_key - match` is best; a rule only says what these numbers are. All but `warmline` are there
to be compared with (`random` is drawn when it is asked, in `routing`).
"""

from warmline.core import deferral, modes, ruleset
from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction
from warmline.core.lane import Groups
from warmline.core.settings import Rule
from warmline.core.state import Center
from warmline.core.words import DAY, Instant, Millis, TeamId

_WARMLINE = Rule.WARMLINE  # an attribute of an enum costs more than the comparison it is for
RANK: Millis = 3650 * DAY
"""What one step of strict priority, or of quality, outweighs: more than any wait."""

WEIGHS_MATCH = frozenset({Rule.WARMLINE})
TIME_ORDERED = frozenset(
    {Rule.WARMLINE, Rule.LONGEST_IDLE, Rule.STRICT_PRIORITY, Rule.DEDICATED_GROUP}
)
"""The rules whose agents are ordered by idle time: a score is in milliseconds."""


def line_key(center: Center, interaction: Interaction) -> Instant:
    """The place in the line: arrival, less the head start, plus the medium's offset."""
    if interaction.promised_by and deferral.is_promised(center, interaction):
        return deferral.line_key(interaction)
    tried = interaction.arm if ruleset.tried_for(center, interaction) is not None else None
    known = center.waiting.offsets
    alike = (interaction.segment, interaction.stake, interaction.medium, tried)
    offset = known.get(alike)
    if offset is None:
        offset = known[alike] = _offset_ms(center, interaction)
    return interaction.arrived_at + offset


def _offset_ms(center: Center, interaction: Interaction) -> Millis:
    """What is added to the arrival: the medium's offset less the head start, or the priority."""
    policy = ruleset.policy_of(center, interaction)
    offset = modes.medium_offset_ms(center, policy, interaction.medium)
    if policy.rule is _WARMLINE:
        return offset - head_start_ms(center, interaction)
    if policy.rule is Rule.STRICT_PRIORITY:
        return offset - RANK * weight(center, interaction)
    return offset


def head_start_ms(center: Center, interaction: Interaction) -> Millis:
    """How much longer the interaction counts as having waited."""
    segment = ruleset.segment_of(center, interaction)
    found = stake_ms(center, interaction)
    if segment is None:
        return found
    return found + modes.head_start_ms(center, segment, ruleset.policy_of(center, interaction))


def stake_ms(center: Center, interaction: Interaction) -> Millis:
    """The part of the head start that what is at stake gives."""
    stake = ruleset.stake_of(center, interaction)
    return 0 if stake is None else stake.head_start_ms


def weight(center: Center, interaction: Interaction) -> int:
    """How much the quality of the match weighs: the customer's value or the interaction's."""
    segment = ruleset.segment_of(center, interaction)
    value = segment.value if segment is not None else 1
    stake = ruleset.stake_of(center, interaction)
    return value if stake is None else max(value, stake.value)


def worth_ms(center: Center, interaction: Interaction) -> Millis:
    """What a perfect match outweighs: the slider times the weight; 0 where not weighed."""
    policy = ruleset.policy_of(center, interaction)
    if policy.rule not in WEIGHS_MATCH:
        return 0
    return modes.worth_ms(center, policy) * weight(center, interaction)


def groups(center: Center, interaction: Interaction) -> Groups:
    """What an affinity rule rewards in whoever takes it; nothing unless one is switched on."""
    affinities = ruleset.policy_of(center, interaction).affinities
    if not affinities or not interaction.groups:
        return ()
    stated = interaction.groups
    return tuple(
        (rule.trait, stated[rule.trait], rule.bonus_ms)
        for rule in affinities
        if rule.trait in stated
    )


def teams(center: Center, interaction: Interaction) -> tuple[TeamId | None, tuple[TeamId, ...]]:
    """The only team that may serve it, and the teams that may not: dedicated groups."""
    policy = ruleset.policy_of(center, interaction)
    if policy.rule is not Rule.DEDICATED_GROUP or not policy.dedicated:
        return None, ()
    own = policy.dedicated.get(interaction.segment) if interaction.segment else None
    if own is not None:
        return own, ()
    return None, tuple(sorted(set(policy.dedicated.values())))


def parked_key(center: Center, agent: AgentState) -> int:
    """The place among the open agents under the policy in force, the least first."""
    rule = center.policy.rule
    if rule is _WARMLINE:
        key = agent.idle_since
        if agent.holds:
            key += handicap_ms(center, agent)
        return key + price_ms(center, agent) if center.prices else key
    if rule is Rule.LEAST_RECENT:
        return agent.ended_at
    if rule is Rule.ROUND_ROBIN:
        return agent.offered
    if rule is Rule.FEWEST:
        return agent.handled
    if rule is Rule.BEST_AGENT:
        return agent.idle_since - RANK * agent.quality_pct
    return agent.idle_since


def handicap_ms(center: Center, agent: AgentState) -> Millis:
    """How much less idle an agent counts for what is in hand already."""
    if not agent.holds or center.policy.rule is not _WARMLINE:
        return 0
    return center.policy.load_handicap_ms * len(agent.holds)


def price_ms(center: Center, agent: AgentState) -> Millis:
    """What the agent's time is worth elsewhere, by forecast; 0 where there is none."""
    if not center.prices or center.policy.rule is not _WARMLINE:
        return 0
    return center.prices.get(agent.id, 0)
