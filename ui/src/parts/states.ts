/** The state vocabulary: each state's icon, tone and word in one table, so that it looks and reads the same on every screen. */
import Bot from "@lucide/svelte/icons/bot";
import Check from "@lucide/svelte/icons/check";
import CheckCheck from "@lucide/svelte/icons/check-check";
import Circle from "@lucide/svelte/icons/circle";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDot from "@lucide/svelte/icons/circle-dot";
import CircleQuestionMark from "@lucide/svelte/icons/circle-question-mark";
import CircleSlash from "@lucide/svelte/icons/circle-slash";
import Clock from "@lucide/svelte/icons/clock";
import Coffee from "@lucide/svelte/icons/coffee";
import GraduationCap from "@lucide/svelte/icons/graduation-cap";
import ListTree from "@lucide/svelte/icons/list-tree";
import Mail from "@lucide/svelte/icons/mail";
import MessageCircle from "@lucide/svelte/icons/message-circle";
import MessageSquare from "@lucide/svelte/icons/message-square";
import Minus from "@lucide/svelte/icons/minus";
import OctagonAlert from "@lucide/svelte/icons/octagon-alert";
import Pause from "@lucide/svelte/icons/pause";
import PencilLine from "@lucide/svelte/icons/pencil-line";
import Phone from "@lucide/svelte/icons/phone";
import PhoneForwarded from "@lucide/svelte/icons/phone-forwarded";
import PhoneIncoming from "@lucide/svelte/icons/phone-incoming";
import PhoneMissed from "@lucide/svelte/icons/phone-missed";
import PhoneOff from "@lucide/svelte/icons/phone-off";
import ShieldCheck from "@lucide/svelte/icons/shield-check";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import Users from "@lucide/svelte/icons/users";
import Utensils from "@lucide/svelte/icons/utensils";
import type { StateWord } from "../i18n/parts";
import type { IconOf, Tone } from "./types";

export interface StateEntry {
  readonly icon: IconOf;
  readonly tone: Tone;
  readonly word: StateWord;
}

const state = (icon: IconOf, tone: Tone, word: StateWord): StateEntry => ({ icon, tone, word });

export const presence = {
  available: state(CircleCheck, "good", "presence.available"),
  busy: state(CircleSlash, "idle", "presence.busy"),
  break: state(Coffee, "idle", "presence.break"),
  meal: state(Utensils, "idle", "presence.meal"),
  meeting: state(Users, "idle", "presence.meeting"),
  training: state(GraduationCap, "idle", "presence.training"),
  missed: state(PhoneMissed, "late", "presence.missed"),
  offline: state(Circle, "idle", "presence.offline"),
} as const satisfies Record<string, StateEntry>;

/** The keys are the core's own names of the phases. */
export const phase = {
  treating: state(ListTree, "idle", "phase.treating"),
  queued: state(Clock, "idle", "phase.queued"),
  offered: state(PhoneIncoming, "accent", "phase.offered"),
  connected: state(CircleDot, "busy", "phase.connected"),
  held: state(Pause, "idle", "phase.held"),
  wrapping: state(PencilLine, "idle", "phase.wrapping"),
  closed: state(Check, "idle", "phase.closed"),
  abandoned: state(PhoneOff, "late", "phase.abandoned"),
  callback_waiting: state(PhoneForwarded, "idle", "phase.callback_waiting"),
  handled_by_bot: state(Bot, "idle", "phase.handled_by_bot"),
} as const satisfies Record<string, StateEntry>;

export const level = {
  ok: state(Check, "idle", "level.ok"),
  watch: state(TriangleAlert, "watch", "level.watch"),
  late: state(OctagonAlert, "late", "level.late"),
  back: state(Check, "good", "level.back"),
} as const satisfies Record<string, StateEntry>;

export const promise = {
  due: state(Clock, "idle", "promise.due"),
  soon: state(Clock, "watch", "promise.soon"),
  late: state(OctagonAlert, "late", "promise.late"),
  kept: state(CheckCheck, "good", "promise.kept"),
} as const satisfies Record<string, StateEntry>;

export const identity = {
  verified: state(ShieldCheck, "good", "identity.verified"),
  matched: state(CircleDot, "idle", "identity.matched"),
  claimed: state(CircleQuestionMark, "idle", "identity.claimed"),
  unknown: state(CircleQuestionMark, "idle", "identity.unknown"),
} as const satisfies Record<string, StateEntry>;

export const finding = {
  better: state(Check, "good", "finding.better"),
  same: state(Minus, "idle", "finding.same"),
  within: state(TriangleAlert, "watch", "finding.within"),
  worse: state(OctagonAlert, "late", "finding.worse"),
} as const satisfies Record<string, StateEntry>;

/** The channel's icon and name; the keys are the core's media. */
export const medium = {
  voice: state(Phone, "idle", "medium.voice"),
  chat: state(MessageSquare, "idle", "medium.chat"),
  email: state(Mail, "idle", "medium.email"),
  message: state(MessageCircle, "idle", "medium.message"),
  callback: state(PhoneForwarded, "idle", "medium.callback"),
} as const satisfies Record<string, StateEntry>;

export type Medium = keyof typeof medium;
export type Presence = keyof typeof presence;
export type Phase = keyof typeof phase;
export type Level = keyof typeof level;

/** All tables by name, for the gallery and for tests. */
export const states = { presence, phase, level, promise, identity, finding, medium };
