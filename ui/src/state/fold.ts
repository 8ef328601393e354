/**
 * How the live state follows from frames: the same rules as `engine/fold.py`, proved by the same
 * golden files. What is not in view is passed over.
 */
import type {
  AgentView,
  ConfigView,
  Frame,
  Instant,
  InteractionView,
  Kind,
  LiveEvent,
  LiveState,
  Phase,
  Ruleset,
} from "./live";

/**
 * The state after one more frame, changed in place (a snapshot is a new one); null before the first
 * snapshot. The number to go on from after a lost connection is that of the last snapshot or event:
 * `enter` and `leave` come before the event of their number.
 */
export function fold(state: LiveState | null, frame: Frame): LiveState | null {
  switch (frame.type) {
    case "snapshot":
      return frame.state;
    case "event":
      if (state) evolve(state, frame.event);
      return state;
    case "enter":
      if (state) state.interactions[frame.interaction.id] = frame.interaction;
      return state;
    case "leave":
      if (state) drop(state.interactions, frame.interaction);
      return state;
    case "signal":
    case "pong":
      return state;
    default:
      frame satisfies never;
      return state;
  }
}

/** Let `event` have happened. */
export function evolve(state: LiveState, event: LiveEvent): void {
  switch (event.name) {
    case "Arrived":
      state.interactions[event.interaction] = arrived(event);
      break;
    case "Begun":
      state.interactions[event.interaction] = { ...arrived(event), phase: "connected", queue: event.queue, agent: event.agent, begun: true };
      changeAgent(state, event.agent, (agent) => {
        agent.idle_since = event.at;
        if (!agent.holds.includes(event.interaction)) agent.holds.push(event.interaction);
      });
      break;
    case "Identified":
      change(state, event.interaction, (view) => {
        view.customer = event.customer;
        view.verification = event.verification;
        view.segment = event.segment;
      });
      break;
    case "Queued":
      move(state, event, "queued", (view) => {
        view.queue = event.queue;
        view.queued_at = event.at;
        view.due_at = event.due_at;
        view.reason = event.reason ?? view.reason;
      });
      break;
    case "Offered":
      move(state, event, "offered", (view) => {
        view.offer = { id: event.offer, agent: event.agent, lapses_at: event.lapses_at };
      });
      changeAgent(state, event.agent, (agent) => {
        agent.offer = event.interaction;
      });
      break;
    case "Accepted":
      move(state, event, "connected", (view) => {
        view.offer = null;
        view.agent = event.agent;
      });
      changeAgent(state, event.agent, (agent) => {
        agent.offer = null;
        agent.idle_since = event.at;
        if (!agent.holds.includes(event.interaction)) agent.holds.push(event.interaction);
      });
      break;
    case "OfferDeclined":
    case "OfferLapsed":
    case "OfferWithdrawn":
      move(state, event, "queued", (view) => {
        view.offer = null;
      });
      changeAgent(state, event.agent, (agent) => {
        agent.offer = null;
      });
      break;
    case "Overflowed":
      move(state, event, "treating");
      break;
    case "Abandoned":
      drop(state.interactions, event.interaction);
      break;
    case "MessageReceived":
      change(state, event.interaction, (view) => {
        view.last_message_at = event.at;
        view.unanswered_since ??= event.at;
      });
      break;
    case "MessageSent":
      change(state, event.interaction, (view) => {
        view.last_message_at = event.at;
        if (event.author === "agent") {
          view.unanswered_before = view.unanswered_since;
          view.unanswered_since = null;
        }
      });
      break;
    case "MessageUnsent":
      change(state, event.interaction, (view) => {
        view.unanswered_since ??= view.unanswered_before;
      });
      break;
    case "Held":
      move(state, event, "held", (view) => {
        view.held_at = event.at;
        view.interrupted = event.cause === "interrupted";
      });
      break;
    case "Resumed":
      move(state, event, "connected", (view) => {
        view.held_at = null;
        view.interrupted = false;
      });
      break;
    case "CustomerLeft":
      change(state, event.interaction, (view) => {
        view.customer_here = false;
      });
      break;
    case "CustomerReturned":
      change(state, event.interaction, (view) => {
        view.customer_here = true;
      });
      break;
    case "Transferred":
      move(state, event, "treating", (view) => {
        view.agent = null;
        view.held_at = null;
        view.interrupted = false;
        view.transfers += 1;
        view.note = event.note;
        view.from_agent = event.from_agent ?? view.from_agent;
      });
      release(state, event.from_agent, event.interaction, event.at);
      break;
    case "Returned":
      move(state, event, "treating", (view) => {
        view.agent = null;
        view.held_at = null;
        view.interrupted = false;
        view.from_agent = event.agent;
      });
      release(state, event.agent, event.interaction, event.at);
      break;
    case "ConsultAsked":
      change(state, event.interaction, (view) => {
        view.consults[event.consult] = {
          agent: event.agent,
          colleague: event.colleague,
          joined: false,
          lapses_at: event.lapses_at,
        };
      });
      break;
    case "ConsultJoined":
      change(state, event.interaction, (view) => {
        const consult = view.consults[event.consult];
        if (consult) consult.joined = true;
      });
      break;
    case "ConsultEnded":
      change(state, event.interaction, (view) => {
        drop(view.consults, event.consult);
      });
      break;
    case "Ended":
      if (event.wrapping) {
        move(state, event, "wrapping", (view) => {
          view.held_at = null;
          view.interrupted = false;
          view.wrap_until = event.wrap_until;
        });
      } else {
        drop(state.interactions, event.interaction);
        release(state, event.agent, event.interaction, event.at);
      }
      break;
    case "WrappedUp":
      drop(state.interactions, event.interaction);
      release(state, event.agent, event.interaction, event.at);
      break;
    case "PresenceChanged":
      changeAgent(state, event.agent, (agent) => {
        if (event.presence === "available" && agent.presence !== "available")
          agent.idle_since = event.at;
        agent.presence = event.presence;
        agent.reason = event.reason;
        agent.presence_at = event.at;
      });
      break;
    case "AgentConnected":
      changeAgent(state, event.agent, (agent) => {
        agent.connected = true;
      });
      break;
    case "AgentDisconnected":
      changeAgent(state, event.agent, (agent) => {
        agent.connected = false;
      });
      break;
    case "AgentDefined":
      defineAgent(state, event.agent.id, event.agent.team, event.at);
      break;
    case "SkillDefined":
      state.config.skills[event.skill.id] = event.skill;
      break;
    case "QueueDefined":
      state.config.queues[event.queue.id] = event.queue;
      break;
    case "TeamDefined":
      state.config.teams[event.team.id] = event.team;
      break;
    case "InboxDefined":
      state.config.inboxes[event.inbox.id] = event.inbox;
      break;
    case "DispositionDefined":
      state.config.dispositions[event.disposition.id] = event.disposition;
      break;
    case "ReasonDefined":
      state.config.reasons[event.reason.id] = event.reason;
      break;
    case "SegmentDefined":
      state.config.segments[event.segment.id] = event.segment;
      holdToPolicy(state);
      break;
    case "PolicyDefined":
      state.config.policy = event.policy;
      holdToPolicy(state);
      break;
    case "PolicyPublished":
      publish(state, event.ruleset);
      break;
    case "TrialStarted":
      state.trial = {
        id: event.trial.id,
        share_pct: event.trial.share_pct,
        version: event.trial.ruleset.policy.version,
      };
      break;
    case "TrialEnded":
      state.trial = null;
      break;
    case "ModeEntered":
      state.mode = event.mode;
      break;
    case "ModeLeft":
      state.mode = null;
      break;
    case "HeadStartScaled":
      if (event.pct === OWN_PCT) drop(state.head_start_pct, event.segment);
      else state.head_start_pct[event.segment] = event.pct;
      break;
    case "Priced":
      state.priced = Object.keys(event.prices).length > 0;
      break;
    case "MatcherFailed":
      state.matcher_failed_at = event.at;
      break;
    case "MatcherRestored":
      state.matcher_failed_at = null;
      break;
    case "Removed":
      remove(state, event.kind, event.item);
      break;
    case "Escalated":
    case "MessageDelivered":
    case "MessageFailed":
    case "MessagesRead":
    case "NoteAdded":
    case "Rated":
    case "Revealed":
    case "CalendarDefined":
      break; // facts for those who read the conversation or the settings; no view changes
    default:
      event satisfies never;
  }
}

function arrived(event: Extract<LiveEvent, { name: "Arrived" | "Begun" }>): InteractionView {
  return {
    id: event.interaction,
    medium: event.medium,
    inbox: event.inbox,
    arrived_at: event.at,
    phase_at: event.at,
    phase: "treating",
    queue: null,
    customer: event.customer,
    verification: event.verification,
    segment: event.segment,
    language: event.language,
    reason: event.reason,
    queued_at: 0,
    due_at: 0,
    agent: null,
    offer: null,
    unanswered_since: null,
    unanswered_before: null,
    last_message_at: null,
    held_at: null,
    interrupted: false,
    wrap_until: null,
    customer_here: true,
    transfers: 0,
    follows: event.follows,
    begun: false,
    from_agent: null,
    note: null,
    consults: {},
  };
}

function change(state: LiveState, id: string, how: (view: InteractionView) => void): void {
  const view = state.interactions[id];
  if (view) how(view);
}

function move(
  state: LiveState,
  event: { interaction: string; at: Instant },
  phase: Phase,
  how?: (view: InteractionView) => void,
): void {
  change(state, event.interaction, (view) => {
    view.phase = phase;
    view.phase_at = event.at;
    how?.(view);
  });
}

function changeAgent(state: LiveState, id: string, how: (agent: AgentView) => void): void {
  const agent = state.agents[id];
  if (agent) how(agent);
}

function release(state: LiveState, id: string | null, held: string, at: Instant): void {
  if (id === null) return;
  changeAgent(state, id, (agent) => {
    if (!agent.holds.includes(held)) return;
    agent.holds = agent.holds.filter((other) => other !== held);
    agent.idle_since = at;
  });
}

function defineAgent(state: LiveState, id: string, team: string | null, at: Instant): void {
  const known = state.agents[id];
  if (known) {
    known.team = team;
    return;
  }
  state.agents[id] = {
    id,
    team,
    presence: "offline",
    reason: null,
    presence_at: at,
    connected: false,
    idle_since: at,
    holds: [],
    offer: null,
  };
}

/** A head start that the guard has left alone. */
const OWN_PCT = 100;

function publish(state: LiveState, rules: Ruleset): void {
  state.config.policy = rules.policy;
  for (const segment of rules.segments) state.config.segments[segment.id] = segment;
  for (const queue of rules.queues) state.config.queues[queue.id] = queue;
  holdToPolicy(state);
}

/** No head start is larger than the guard allows, no price where there are to be none. */
function holdToPolicy(state: LiveState): void {
  state.priced &&= state.config.policy.prices;
  const most = state.config.policy.guard?.most_pct ?? OWN_PCT;
  const kept = Object.entries(state.head_start_pct).filter(
    ([segment]) => most > OWN_PCT && state.config.segments[segment]?.target,
  );
  state.head_start_pct = Object.fromEntries(
    kept.map(([segment, pct]) => [segment, Math.min(pct, most)]),
  );
}

/** Where in the settings each kind is kept; hours are not shown live. */
const SHELVES: Record<Exclude<Kind, "agent" | "calendar">, Exclude<keyof ConfigView, "policy">> = {
  queue: "queues",
  skill: "skills",
  team: "teams",
  disposition: "dispositions",
  reason: "reasons",
  segment: "segments",
  inbox: "inboxes",
};

function remove(state: LiveState, kind: Kind, item: string): void {
  if (kind === "agent") drop(state.agents, item);
  else if (kind !== "calendar") drop(state.config[SHELVES[kind]], item);
  if (kind === "segment") drop(state.head_start_pct, item);
}

function drop(items: Record<string, unknown>, id: string): void {
  Reflect.deleteProperty(items, id);
}
