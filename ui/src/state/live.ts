/** What the live socket says: the state of a snapshot, the events after it, and the frames. */

/** Milliseconds since the epoch. */
export type Instant = number;
/** A duration in milliseconds. */
export type Millis = number;

export type Medium = "voice" | "chat" | "email" | "message" | "callback";
export type Phase =
  | "treating"
  | "queued"
  | "offered"
  | "connected"
  | "held"
  | "wrapping"
  | "closed"
  | "abandoned";
export type Presence =
  | "available"
  | "busy"
  | "break"
  | "meal"
  | "meeting"
  | "training"
  | "offline";
export type Party = "customer" | "agent" | "system";
export type Verification = "unknown" | "claimed" | "matched" | "verified";
export type Kind =
  | "skill"
  | "queue"
  | "agent"
  | "team"
  | "calendar"
  | "inbox"
  | "disposition"
  | "reason"
  | "segment";

// Settings

export interface Skill {
  id: string;
  name: string;
  language: boolean;
}
export interface Need {
  skill: string;
  level: number;
}
export interface Ring {
  needs: Need[];
  /** Of these one is enough. */
  any_of: Need[];
  /** Nobody else is asked in this ring. */
  agents: string[];
  language_level: number;
  after_ms: Millis;
}
export interface Target {
  within_ms: Millis;
  share_pct: number;
  in_business_hours: boolean;
}
export interface WrapUpRule {
  mode: "none" | "optional" | "required";
  limit_ms: Millis;
  automatic: string;
}
export interface Queue {
  id: string;
  name: string;
  rings: Ring[];
  target: Target;
  calendar: string | null;
  wrap_up: WrapUpRule;
  when_closed: "refuse" | "wait" | "overflow";
  when_unstaffed: "refuse" | "wait" | "overflow";
  overflow_to: string | null;
  overflow_after_ms: Millis;
  overflow_waiting: number;
  words: Partial<Record<"closed" | "unstaffed" | "busy", Record<string, string>>>;
  preferred_ms: Millis;
}
export interface Team {
  id: string;
  name: string;
}
export interface Disposition {
  id: string;
  name: string;
  queues: string[];
}
export interface Reason {
  id: string;
  name: string;
  presence: Presence;
}
export interface Segment {
  id: string;
  name: string;
  head_start_ms: Millis;
  value: number;
  target: Target | null;
}
export interface Inbox {
  id: string;
  name: string;
  medium: Medium;
  queue: string;
  by_reason: Record<string, string>;
  /** What a reason is called, by reason and language. */
  reason_labels?: Record<string, Record<string, string>>;
  by_language: Record<string, string>;
  origins: string[];
  offline_inbox: string | null;
}
export interface Capacity {
  slots: Partial<Record<Medium, number>>;
  total: number;
  weights: Partial<Record<Medium, number>>;
}
export type Trait = "quality" | "productivity" | "sales" | "interpersonal";
/** 0 to 1, from `n` results, with its 95 % interval when known. */
export interface Score {
  value: number;
  n: number;
  low: number | null;
  high: number | null;
  source: "manual" | "computed";
}
export type Rule =
  | "warmline"
  | "longest-idle"
  | "least-recent"
  | "round-robin"
  | "fewest"
  | "random"
  | "strict-priority"
  | "dedicated-group"
  | "best-agent";
export interface Guard {
  every_ms: Millis;
  window_ms: Millis;
  step_pct: number;
  most_pct: number;
  least: number;
}
export interface Trigger {
  measure: "waiting" | "longest_wait_s" | "occupancy_pct";
  on_at: number;
  off_at: number;
  queue: string | null;
  calm_ms: Millis;
}
export interface Mode {
  id: string;
  name: string;
  calendar: string | null;
  trigger: Trigger | null;
  worth_ms: Millis | null;
  head_starts: Record<string, Millis>;
  medium_offset_ms: Partial<Record<Medium, Millis>>;
}
export interface Affinity {
  trait: string;
  bonus_ms: Millis;
  reason: string;
}
/** What is at stake in an interaction, and what that changes. */
export interface Stake {
  id: string;
  name: string;
  head_start_ms: Millis;
  value: number;
}
export interface Policy {
  version: number;
  rule: Rule;
  seed: number;
  worth_ms: Millis;
  traits: Partial<Record<Trait, number>>;
  prices: boolean;
  guard: Guard | null;
  modes: Mode[];
  affinities: Affinity[];
  stakes: Stake[];
  dedicated: Record<string, string>;
  capacities: Record<string, Capacity>;
  trainee: Capacity | null;
  interrupts: Partial<Record<Medium, Medium[]>>;
  load_handicap_ms: Millis;
  offer_ms: Partial<Record<Medium, Millis>>;
  medium_offset_ms: Partial<Record<Medium, Millis>>;
  declined_ms: Millis;
  transfer_ms: Millis;
  consult_ms: Millis;
  agent_lost_ms: Millis;
  customer_lost_queued_ms: Millis;
  customer_lost_connected_ms: Millis;
  chat_idle_ms: Millis;
  reveals_per_hour: number;
  unmasked_ms: Millis;
}
export interface AgentSpec {
  id: string;
  team: string | null;
  skills: Record<string, number>;
  capacity: Capacity;
  scores: Partial<Record<Trait, Score>>;
  in_training: boolean;
  groups: Record<string, string>;
}
/** One version of the policy with what it brings. */
export interface Ruleset {
  policy: Policy;
  segments: Segment[];
  queues: Queue[];
  calendars: { id: string; name: string }[];
}

// The state

export interface OfferView {
  id: string;
  agent: string;
  lapses_at: Instant;
}
export interface ConsultView {
  agent: string;
  colleague: string;
  joined: boolean;
  lapses_at: Instant;
}
export interface InteractionView {
  id: string;
  medium: Medium;
  inbox: string;
  arrived_at: Instant;
  phase_at: Instant;
  phase: Phase;
  queue: string | null;
  customer: string | null;
  verification: Verification;
  segment: string | null;
  language: string | null;
  reason: string | null;
  queued_at: Instant;
  due_at: Instant;
  agent: string | null;
  offer: OfferView | null;
  unanswered_since: Instant | null;
  /** What `unanswered_since` was before our last message, should that be taken back. */
  unanswered_before: Instant | null;
  last_message_at: Instant | null;
  held_at: Instant | null;
  /** On hold because of work that came between; taken up again by itself. */
  interrupted: boolean;
  wrap_until: Instant | null;
  customer_here: boolean;
  transfers: number;
  follows: string | null;
  /** We began it, not the customer. */
  begun: boolean;
  from_agent: string | null;
  note: string | null;
  consults: Record<string, ConsultView>;
}
export interface AgentView {
  id: string;
  team: string | null;
  presence: Presence;
  reason: string | null;
  presence_at: Instant;
  connected: boolean;
  idle_since: Instant;
  holds: string[];
  offer: string | null;
}
export interface ConfigView {
  queues: Record<string, Queue>;
  skills: Record<string, Skill>;
  teams: Record<string, Team>;
  dispositions: Record<string, Disposition>;
  reasons: Record<string, Reason>;
  segments: Record<string, Segment>;
  inboxes: Record<string, Inbox>;
  policy: Policy;
}
/** The trial that runs: its share of the customers and the version that is tried. */
export interface TrialView {
  id: string;
  share_pct: number;
  version: number;
}
/** All that one screen shows live; `me` is the agent who looks, if it is one. */
export interface LiveState {
  me: string | null;
  agents: Record<string, AgentView>;
  interactions: Record<string, InteractionView>;
  config: ConfigView;
  mode: string | null;
  trial: TrialView | null;
  /** What the guard made of the head starts; a missing segment has its own, 100. */
  head_start_pct: Record<string, number>;
  /** Since when the plain rule decides in place of the matcher. */
  matcher_failed_at: Instant | null;
  /** Whether decisions reckon with what agents' time is worth elsewhere; no desk is told. */
  priced: boolean;
}

// Events

/** [agent, score, idle, match, handicap], all but the agent in milliseconds; the least score wins. */
export type ScoreTerms = [string, number, number, number, number];
export interface Decision {
  cause: string;
  ring: number;
  considered: number;
  winner: ScoreTerms;
  runners_up: ScoreTerms[];
  excluded: [string, number][];
  waited_ms: Millis;
  policy: number;
  rule: Rule;
  /** What a perfect match is worth here. */
  worth_ms: Millis;
  head_start_ms: Millis;
  /** The part of the head start that what is at stake gave. */
  stake_ms: Millis;
  /** What else moved an agent's score: [agent, `price` or `affinity`, ms]. */
  adjustments: [string, string, Millis][];
  /** Freed: how many waited whom the agent may serve. */
  line: number;
  /** Freed: who was next, and by how many ms behind. */
  rivals: [string, Millis][];
  arm: string | null;
  mode: string | null;
  /** A deferred callback: how much later it would have gone first. */
  deferred_ms: Millis | null;
  /** A promised callback whose time drew near. */
  escalated: boolean;
}

interface Happened<Name extends string> {
  name: Name;
  at: Instant;
}
interface ToInteraction<Name extends string> extends Happened<Name> {
  interaction: string;
}
interface ToAgent<Name extends string> extends Happened<Name> {
  agent: string;
}
interface OfferOver<Name extends string> extends ToInteraction<Name> {
  agent: string;
  offer: string;
}
interface OfMessage<Name extends string> extends ToInteraction<Name> {
  message: string;
}

export interface Arrived extends ToInteraction<"Arrived"> {
  medium: Medium;
  inbox: string;
  customer: string | null;
  verification: Verification;
  segment: string | null;
  language: string | null;
  reason: string | null;
  follows: string | null;
  preferred: string | null;
  preferred_why: string | null;
  trial: string | null;
  arm: string | null;
  groups: Record<string, string>;
  stake: string | null;
  /** Until when a callback was promised. */
  promised_by: Instant | null;
  /** Since when the customer of a callback had waited before. */
  since: Instant | null;
}
/** An agent began it, and has it in hand. */
export interface Begun extends ToInteraction<"Begun"> {
  agent: string;
  medium: Medium;
  inbox: string;
  queue: string;
  customer: string | null;
  verification: Verification;
  segment: string | null;
  language: string | null;
  reason: string | null;
  follows: string | null;
}
export type Escalated = ToInteraction<"Escalated">;
export interface Identified extends ToInteraction<"Identified"> {
  customer: string;
  verification: Verification;
  segment: string | null;
  stake: string | null;
}
export interface Queued extends ToInteraction<"Queued"> {
  queue: string;
  due_at: Instant;
  cause: string;
  preferred: string | null;
  preferred_until: Instant | null;
  /** `last`, `owner`, `chosen` or `transfer`. */
  preferred_why: string | null;
  /** What a flow found that it is about. */
  reason: string | null;
}
export interface Offered extends OfferOver<"Offered"> {
  lapses_at: Instant;
  decision: Decision;
}
export type Accepted = OfferOver<"Accepted">;
export type OfferDeclined = OfferOver<"OfferDeclined">;
export type OfferLapsed = OfferOver<"OfferLapsed">;
export interface OfferWithdrawn extends OfferOver<"OfferWithdrawn"> {
  cause: string;
}
export interface Overflowed extends ToInteraction<"Overflowed"> {
  queue: string;
  to_queue: string;
  cause: string;
}
export interface Abandoned extends ToInteraction<"Abandoned"> {
  cause: string;
}
export type MessageReceived = OfMessage<"MessageReceived">;
export interface MessageSent extends OfMessage<"MessageSent"> {
  author: Party;
  agent: string | null;
}
export interface MessageUnsent extends OfMessage<"MessageUnsent"> {
  agent: string;
}
export type MessageDelivered = OfMessage<"MessageDelivered">;
export interface MessageFailed extends OfMessage<"MessageFailed"> {
  code: string;
}
export interface MessagesRead extends OfMessage<"MessagesRead"> {
  reader: Party;
}
export interface NoteAdded extends ToInteraction<"NoteAdded"> {
  note: string;
  author: string;
}
export interface Held extends ToInteraction<"Held"> {
  agent: string;
  /** `agent`, or `interrupted`. */
  cause: string;
}
export interface Resumed extends ToInteraction<"Resumed"> {
  agent: string;
  cause: string;
}
export type CustomerLeft = ToInteraction<"CustomerLeft">;
export type CustomerReturned = ToInteraction<"CustomerReturned">;
export interface Transferred extends ToInteraction<"Transferred"> {
  by: string | null;
  queue: string;
  from_agent: string | null;
  to_agent: string | null;
  note: string | null;
}
export interface Returned extends ToInteraction<"Returned"> {
  agent: string;
  cause: string;
}
export interface ConsultAsked extends ToInteraction<"ConsultAsked"> {
  consult: string;
  agent: string;
  colleague: string;
  lapses_at: Instant;
}
export interface ConsultJoined extends ToInteraction<"ConsultJoined"> {
  consult: string;
  colleague: string;
}
export interface ConsultEnded extends ToInteraction<"ConsultEnded"> {
  consult: string;
  colleague: string;
  cause: string;
}
export interface Ended extends ToInteraction<"Ended"> {
  by: Party;
  cause: string;
  agent: string | null;
  wrapping: boolean;
  wrap_until: Instant | null;
}
export interface WrappedUp extends ToInteraction<"WrappedUp"> {
  agent: string;
  disposition: string | null;
  automatic: boolean;
}
export interface Rated extends ToInteraction<"Rated"> {
  score: number;
}
export interface Revealed extends Happened<"Revealed"> {
  user: string;
  customer: string;
  cause: string;
}
export interface PresenceChanged extends ToAgent<"PresenceChanged"> {
  presence: Presence;
  reason: string | null;
  cause: string;
}
export type AgentConnected = ToAgent<"AgentConnected">;
export type AgentDisconnected = ToAgent<"AgentDisconnected">;
export interface SkillDefined extends Happened<"SkillDefined"> {
  skill: Skill;
}
export interface QueueDefined extends Happened<"QueueDefined"> {
  queue: Queue;
}
export interface AgentDefined extends Happened<"AgentDefined"> {
  agent: AgentSpec;
}
export interface TeamDefined extends Happened<"TeamDefined"> {
  team: Team;
}
export interface CalendarDefined extends Happened<"CalendarDefined"> {
  calendar: { id: string; name: string };
}
export interface InboxDefined extends Happened<"InboxDefined"> {
  inbox: Inbox;
}
export interface DispositionDefined extends Happened<"DispositionDefined"> {
  disposition: Disposition;
}
export interface ReasonDefined extends Happened<"ReasonDefined"> {
  reason: Reason;
}
export interface SegmentDefined extends Happened<"SegmentDefined"> {
  segment: Segment;
}
export interface PolicyDefined extends Happened<"PolicyDefined"> {
  policy: Policy;
}
export interface PolicyPublished extends Happened<"PolicyPublished"> {
  ruleset: Ruleset;
}
export interface TrialStarted extends Happened<"TrialStarted"> {
  trial: { id: string; ruleset: Ruleset; share_pct: number; ends_after_ms: Millis };
}
export interface TrialEnded extends Happened<"TrialEnded"> {
  trial: string;
  cause: string;
}
export interface ModeEntered extends Happened<"ModeEntered"> {
  mode: string;
  cause: string;
}
export interface ModeLeft extends Happened<"ModeLeft"> {
  mode: string;
  cause: string;
}
export interface HeadStartScaled extends Happened<"HeadStartScaled"> {
  segment: string;
  pct: number;
  reached_pct: number;
}
export interface Priced extends Happened<"Priced"> {
  prices: Record<string, Millis>;
  /** `forecast`, or why there are none: `failed`, `off`. */
  cause: string;
}
export interface MatcherFailed extends Happened<"MatcherFailed"> {
  /** `raised`, `hung` or `nonsense`. */
  cause: string;
}
export type MatcherRestored = Happened<"MatcherRestored">;
export interface Removed extends Happened<"Removed"> {
  kind: Kind;
  item: string;
}

export type LiveEvent =
  | Arrived
  | Begun
  | Identified
  | Queued
  | Offered
  | Accepted
  | OfferDeclined
  | OfferLapsed
  | OfferWithdrawn
  | Overflowed
  | Escalated
  | Abandoned
  | MessageReceived
  | MessageSent
  | MessageUnsent
  | MessageDelivered
  | MessageFailed
  | MessagesRead
  | NoteAdded
  | Held
  | Resumed
  | CustomerLeft
  | CustomerReturned
  | Transferred
  | Returned
  | ConsultAsked
  | ConsultJoined
  | ConsultEnded
  | Ended
  | WrappedUp
  | Rated
  | Revealed
  | PresenceChanged
  | AgentConnected
  | AgentDisconnected
  | SkillDefined
  | QueueDefined
  | AgentDefined
  | TeamDefined
  | CalendarDefined
  | InboxDefined
  | DispositionDefined
  | ReasonDefined
  | SegmentDefined
  | PolicyDefined
  | PolicyPublished
  | TrialStarted
  | TrialEnded
  | ModeEntered
  | ModeLeft
  | HeadStartScaled
  | Priced
  | MatcherFailed
  | MatcherRestored
  | Removed;

// Frames

export interface SnapshotFrame {
  type: "snapshot";
  seq: number;
  now: Instant;
  scope: "own" | "all";
  state: LiveState;
}
export interface EventFrame {
  type: "event";
  seq: number;
  now: Instant;
  event: LiveEvent;
}
/** An interaction comes into view, as it is after event `seq`, which follows. */
export interface EnterFrame {
  type: "enter";
  seq: number;
  now: Instant;
  interaction: InteractionView;
}
/** An interaction goes out of view; event `seq`, which took it away, follows. */
export interface LeaveFrame {
  type: "leave";
  seq: number;
  interaction: string;
}
/** Something passing that is never stored. */
export interface SignalFrame {
  type: "signal";
  name: string;
  interaction: string;
  on?: boolean;
}
export interface PongFrame {
  type: "pong";
  now: Instant;
}
export type Frame =
  | SnapshotFrame
  | EventFrame
  | EnterFrame
  | LeaveFrame
  | SignalFrame
  | PongFrame;
