/** Form fields with label, hint and fault, and the reading of them. */
import { h, fill, type Child } from "../dom";
import { icon } from "../icons";
import type { Voice } from "../words";

export interface Field {
  element: HTMLElement;
  input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
  /** True when the value will do; else the fault is shown. */
  check: () => boolean;
}

export interface FieldWish {
  name: string;
  label: string;
  kind: "text" | "email" | "textarea" | "select";
  required: boolean;
  hint?: string;
  value?: string;
  limit?: number;
  autocomplete?: AutoFill;
  choices?: readonly { value: string; label: string }[];
}

const emailLike = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function control(wish: FieldWish, voice: Voice): Field["input"] {
  const id = `w-${wish.name}`;
  const described = `${id}-fault${wish.hint ? ` ${id}-hint` : ""}`;
  const common = { id, name: wish.name, "aria-required": wish.required ? "true" : null, "aria-describedby": described };
  if (wish.kind === "select") {
    const options = (wish.choices ?? []).map((choice) => h("option", { value: choice.value }, choice.label));
    return h("select", common, h("option", { value: "" }, voice.say("reasonNone")), ...options);
  }
  const maxlength = wish.limit ?? 200;
  if (wish.kind === "textarea") return h("textarea", { ...common, maxlength, rows: 3 });
  const keyboard = { type: wish.kind, maxlength, autocomplete: wish.autocomplete ?? "off" };
  return h("input", { ...common, ...keyboard });
}

/** A labelled field that says itself what is wrong with it. */
export function field(wish: FieldWish, voice: Voice): Field {
  const input = control(wish, voice);
  input.value = wish.value ?? "";
  const fault = h("p", { class: "fault", id: `${input.id}-fault`, hidden: true });
  const check = (): boolean => {
    const value = input.value.trim();
    const empty = wish.required && !value;
    const wrong = empty || (wish.kind === "email" && value !== "" && !emailLike.test(value));
    input.setAttribute("aria-invalid", String(wrong));
    fault.hidden = !wrong;
    if (wrong) fill(fault, icon("circle-alert", 14), voice.say(empty ? "needed" : "emailWrong"));
    return !wrong;
  };
  input.addEventListener("input", () => {
    if (!fault.hidden) check();
  });
  const element = h(
    "div",
    { class: "field" },
    h("label", { for: input.id }, wish.label, !wish.required && h("span", {}, voice.say("optional"))),
    input,
    wish.hint && h("p", { class: "hint", id: `${input.id}-hint` }, wish.hint),
    fault,
  );
  return { element, input, check };
}

/** Checks all; the first wrong one gets the focus. */
export function allGood(fields: readonly Field[]): boolean {
  const wrong = fields.filter((each) => !each.check());
  wrong[0]?.input.focus();
  return wrong.length === 0;
}

/** What was written, by field name; empty answers are left out. */
export function answers(fields: readonly Field[]): Record<string, string> {
  const filled = fields.map(({ input }) => [input.name, input.value.trim()] as const);
  return Object.fromEntries(filled.filter(([, value]) => value));
}

/** A fault that belongs to no single field. */
export function faultLine(text: string): HTMLElement {
  return h("p", { class: "fault", role: "alert" }, icon("circle-alert", 14), text);
}

/** A form that calls `submit` instead of leaving the page. */
export function form(label: string, submit: () => void, ...children: Child[]): HTMLFormElement {
  const onsubmit = (event: Event): void => {
    event.preventDefault();
    submit();
  };
  return h("form", { class: "form", "aria-label": label, novalidate: true, onsubmit }, ...children);
}
