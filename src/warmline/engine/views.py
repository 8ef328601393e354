"""What a screen sees of the live state: plain values, the same in Python and in TypeScript."""

from dataclasses import dataclass, field, replace

from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction
from warmline.core.policy import Trial
from warmline.core.settings import (
    Disposition,
    Inbox,
    Policy,
    Queue,
    Reason,
    Segment,
    Skill,
    Team,
)
from warmline.core.state import Center
from warmline.core.words import (
    AgentId,
    ConsultId,
    CustomerId,
    DispositionId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    ModeId,
    OfferId,
    Phase,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    SkillId,
    TeamId,
    TrialId,
    Verification,
)


@dataclass(slots=True, kw_only=True)
class OfferView:
    """A live offer."""

    id: OfferId
    agent: AgentId
    lapses_at: Instant


@dataclass(slots=True, kw_only=True)
class ConsultView:
    """A colleague asked in, or in already."""

    agent: AgentId
    colleague: AgentId
    joined: bool
    lapses_at: Instant


@dataclass(slots=True, kw_only=True)
class InteractionView:
    """An open interaction on a screen; times are instants, nothing here depends on the present."""

    id: InteractionId
    medium: Medium
    inbox: InboxId
    arrived_at: Instant
    phase_at: Instant
    phase: Phase = Phase.TREATING
    queue: QueueId | None = None
    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    language: str | None = None
    reason: str | None = None
    queued_at: Instant = 0
    due_at: Instant = 0
    agent: AgentId | None = None
    offer: OfferView | None = None
    unanswered_since: Instant | None = None
    unanswered_before: Instant | None = None
    """What `unanswered_since` was before the last message of ours, should that be taken back."""
    last_message_at: Instant | None = None
    held_at: Instant | None = None
    interrupted: bool = False
    """On hold because of work that came between; taken up again by itself."""
    wrap_until: Instant | None = None
    customer_here: bool = True
    transfers: int = 0
    follows: InteractionId | None = None
    begun: bool = False
    """We began it, not the customer."""
    from_agent: AgentId | None = None
    note: MessageId | None = None
    consults: dict[ConsultId, ConsultView] = field(default_factory=dict[ConsultId, ConsultView])

    def viewers(self) -> frozenset[AgentId]:
        """The agents who have it on their desk: offered to, held by, or asked in."""
        found = {consult.colleague for consult in self.consults.values()}
        if self.offer is not None:
            found.add(self.offer.agent)
        if self.agent is not None:
            found.add(self.agent)
        return frozenset(found)


@dataclass(slots=True, kw_only=True)
class AgentView:
    """An agent on a screen; the name is in the configuration, not here."""

    id: AgentId
    team: TeamId | None
    presence: Presence
    reason: ReasonId | None
    presence_at: Instant
    connected: bool
    idle_since: Instant
    holds: list[InteractionId]
    offer: InteractionId | None


@dataclass(slots=True, kw_only=True)
class ConfigView:
    """The settings that screens need to name and colour what they show."""

    queues: dict[QueueId, Queue]
    skills: dict[SkillId, Skill]
    teams: dict[TeamId, Team]
    dispositions: dict[DispositionId, Disposition]
    reasons: dict[ReasonId, Reason]
    segments: dict[SegmentId, Segment]
    inboxes: dict[InboxId, Inbox]
    policy: Policy


@dataclass(slots=True, kw_only=True)
class TrialView:
    """The trial that runs: its share of the customers and the version that is tried."""

    id: TrialId
    share_pct: int
    version: int


@dataclass(slots=True, kw_only=True)
class LiveState:
    """All that one screen shows live; `me` is the agent who looks, if it is one."""

    me: AgentId | None
    agents: dict[AgentId, AgentView]
    interactions: dict[InteractionId, InteractionView]
    config: ConfigView
    mode: ModeId | None = None
    trial: TrialView | None = None
    head_start_pct: dict[SegmentId, int] = field(default_factory=dict[SegmentId, int])
    """What the guard made of the head starts; a missing segment has its own, 100."""
    matcher_failed_at: Instant | None = None
    """Since when the plain rule decides in place of the matcher."""
    priced: bool = False
    """Whether decisions reckon with what agents' time is worth elsewhere; no desk is told."""


def live_state(center: Center, *, me: AgentId | None = None) -> LiveState:
    """The view of everything (scope `all`)."""
    return LiveState(
        me=me,
        agents={id_: agent_view(agent) for id_, agent in center.agents.items()},
        interactions={id_: interaction_view(item) for id_, item in center.interactions.items()},
        config=ConfigView(
            queues=dict(center.queues),
            skills=dict(center.skills),
            teams=dict(center.teams),
            dispositions=dict(center.dispositions),
            reasons=dict(center.reasons),
            segments=dict(center.segments),
            inboxes=dict(center.inboxes),
            policy=center.policy,
        ),
        mode=center.mode,
        trial=None if center.trial is None else trial_view(center.trial),
        head_start_pct=dict(center.head_start_pct),
        matcher_failed_at=center.failed_at,
        priced=bool(center.prices),
    )


def trial_view(trial: Trial) -> TrialView:
    """The trial as screens see it."""
    return TrialView(id=trial.id, share_pct=trial.share_pct, version=trial.ruleset.policy.version)


def shown(
    state: LiveState,
    agents: dict[AgentId, AgentView],
    interactions: dict[InteractionId, InteractionView],
    agent: AgentId,
) -> LiveState:
    """`state` with the agents and interactions that `agent` sees."""
    return replace(state, me=agent, agents=agents, interactions=interactions, priced=False)


def own(state: LiveState, agent: AgentId) -> LiveState:
    """What of `state` one agent sees (scope `own`)."""
    return shown(
        state,
        {id_: view for id_, view in state.agents.items() if id_ == agent},
        {id_: view for id_, view in state.interactions.items() if agent in view.viewers()},
        agent,
    )


def agent_view(agent: AgentState) -> AgentView:
    """The agent as screens see it."""
    return AgentView(
        id=agent.spec.id,
        team=agent.spec.team,
        presence=agent.presence,
        reason=agent.reason,
        presence_at=agent.presence_at,
        connected=agent.connected,
        idle_since=agent.idle_since,
        holds=list(agent.holds),
        offer=agent.offer,
    )


def interaction_view(item: Interaction) -> InteractionView:
    """The interaction as screens see it."""
    offer = item.offer
    return InteractionView(
        id=item.id,
        medium=item.medium,
        inbox=item.inbox,
        arrived_at=item.arrived_at,
        phase_at=item.phase_at,
        phase=item.phase,
        queue=item.queue,
        customer=item.customer,
        verification=item.verification,
        segment=item.segment,
        language=item.language,
        reason=item.reason,
        queued_at=item.queued_at,
        due_at=item.due_at,
        agent=item.agent,
        offer=offer and OfferView(id=offer.id, agent=offer.agent, lapses_at=offer.lapses_at),
        unanswered_since=item.unanswered_since,
        unanswered_before=item.unanswered_before,
        last_message_at=item.last_message_at,
        held_at=item.held_at,
        interrupted=item.interrupted,
        wrap_until=item.wrap_until,
        customer_here=item.customer_gone_since is None,
        transfers=item.transfers,
        follows=item.follows,
        begun=item.begun,
        from_agent=item.from_agent,
        note=item.note,
        consults={
            id_: ConsultView(
                agent=consult.agent,
                colleague=consult.colleague,
                joined=consult.joined,
                lapses_at=consult.lapses_at,
            )
            for id_, consult in item.consults.items()
        },
    )
