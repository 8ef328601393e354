/** What the center says of a customer's identity, and its refusals in words. */
import type { Problem } from "../api";
import { t } from "../i18n/customers_ident";
import type { PlainKeyOf } from "../i18n/room";
import { sayRefusal } from "../desk/refusal";
import type { Verification } from "../state/live";

export type Kind = "email" | "phone" | "messenger" | "login" | "external";
export type Method = "said" | "channel" | "agent" | "imported" | "signed" | "questions" | "code" | "pin";
export type Action = "change_contact" | "order_details" | "set_pin" | "personal_data";
export type RiskCode = "failed_verifications" | "identifier_moved" | "shared_identifier" | "many_attempts";

export interface Identifier {
  readonly key: string;
  readonly kind: Kind;
  readonly value: string;
  readonly verification: Verification;
  readonly method: Method | null;
  readonly shared_with: number;
}
export interface Risk {
  readonly level: "none" | "some" | "high";
  readonly reasons: readonly { readonly code: RiskCode; readonly count: number }[];
}
export interface Ways {
  readonly level: Verification;
  readonly may: Readonly<Record<Action, boolean>>;
  readonly pin: boolean;
  readonly by_mail: boolean;
  readonly by_text: boolean;
  readonly code_to: readonly { readonly key: string; readonly kind: "email" | "phone"; readonly value: string }[];
  readonly risk: Risk;
}
export interface Begun {
  readonly id: string;
  readonly method: Method;
  readonly left: number;
  readonly right_needed: number;
  readonly asked: readonly { readonly id: string; readonly text: string; readonly known: readonly string[] }[];
}
export interface Candidates {
  readonly candidates: readonly { readonly id: string; readonly name: string | null; readonly masked: boolean; readonly last_at: number | null }[];
  readonly came_with: readonly { readonly kind: Kind; readonly value: string }[];
  readonly may_pick: boolean;
}

export const kinds: readonly Kind[] = ["email", "phone", "messenger", "login", "external"];
export const actions: readonly Action[] = ["change_contact", "order_details", "set_pin", "personal_data"];
const refusals = new Set<string>([
  "verification_needed", "verification_limit", "verification_over", "no_such_verification", "no_pin", "no_questions",
  "code_way_not_set_up", "shared_address", "text_not_taken", "known_identifier", "too_many_identifiers", "forbidden",
]);

export function sayIdentityProblem(problem: Problem): string {
  return refusals.has(problem.code) ? t(`refused.${problem.code}` as PlainKeyOf<typeof t>) : sayRefusal(problem);
}
