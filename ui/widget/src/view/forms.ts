/** The screens without a conversation: before a chat, outside the hours, after a note, and when nothing answers. */
import { Refusal } from "../door";
import { h, fill } from "../dom";
import { icon } from "../icons";
import { questions } from "../prechat";
import { messageLimit, type Talk } from "../talk";
import { uuid } from "../uuid";
import type { Voice } from "../words";
import { allGood, answers, faultLine, field, form, type Field } from "./fields";

export interface Screen {
  element: HTMLElement;
  /** Where the focus goes when the screen is opened. */
  first: HTMLElement | null;
}

function intro(title: string, text: string): HTMLElement {
  return h("div", { class: "intro" }, h("h3", {}, title), h("p", {}, text));
}

function fieldsBefore(talk: Talk, voice: Voice): Field[] {
  const asked = questions(talk.facts?.prechat ?? null);
  const { name, email } = talk.identity;
  const fields: Field[] = [];
  if (asked.name !== "none" && !name) {
    const wish = { name: "name", label: voice.say("name"), kind: "text", limit: 120, autocomplete: "name" } as const;
    fields.push(field({ ...wish, required: asked.name === "required" }, voice));
  }
  if (asked.email !== "none" && !email) {
    const wish = { name: "email", label: voice.say("email"), kind: "email", autocomplete: "email" } as const;
    fields.push(field({ ...wish, required: asked.email === "required", hint: voice.say("emailHint") }, voice));
  }
  if (asked.reasons.length) {
    const wish = { name: "reason", label: voice.say("reason"), kind: "select", choices: asked.reasons } as const;
    fields.push(field({ ...wish, required: false }, voice));
  }
  return fields;
}

/** Enter sends, Shift+Enter begins a new line, as in the chat itself. */
export function enterSends(input: HTMLElement, send: () => void): void {
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
}

/** The questions before a chat, as the inbox wants them, and the first message. */
export function prechat(talk: Talk, voice: Voice): Screen {
  const fields = fieldsBefore(talk, voice);
  const wish = { name: "text", label: voice.say("message"), kind: "textarea", limit: messageLimit } as const;
  const message = field({ ...wish, required: true }, voice);
  const all = [...fields, message];
  const { name, email } = talk.identity;
  const known = { ...(name ? { name } : {}), ...(email ? { email } : {}) };
  const fault = h("div", { hidden: true });
  const button = h("button", { class: "btn main large", type: "submit" }, voice.say("start"));
  const submit = async (): Promise<void> => {
    if (talk.starting || !allGood(all)) return;
    fault.hidden = true;
    fill(button, voice.say("starting"));
    button.ariaDisabled = "true";
    await talk.start({ ...known, ...answers(all) });
    fill(button, voice.say("start"));
    button.ariaDisabled = "false";
    fault.hidden = !talk.refused;
    if (talk.refused) fill(fault, faultLine(voice.refusal(talk.refused)));
  };
  enterSends(message.input, () => void submit());
  const element = form(
    voice.say("start"),
    () => void submit(),
    intro(voice.say("hello"), voice.say("helloMore")),
    name && h("p", { class: "event" }, voice.say("signedIn", { name })),
    talk.refused && faultLine(voice.refusal(talk.refused)),
    ...all.map((each) => each.element),
    fault,
    button,
  );
  return { element, first: all[0]?.input ?? null };
}

export interface NoteWish {
  title: string;
  text: string;
  sent: (email: string) => void;
  back: (() => void) | null;
}

/** The form that becomes an e-mail: outside the hours, or for who would rather not wait. */
export function note(talk: Talk, voice: Voice, wish: NoteWish): Screen {
  const { identity } = talk;
  const name = field({ name: "name", label: voice.say("name"), kind: "text", required: true, limit: 120, autocomplete: "name", value: identity.name ?? "" }, voice);
  const email = field({ name: "email", label: voice.say("email"), kind: "email", required: true, autocomplete: "email", value: identity.email ?? "" }, voice);
  const text = field({ name: "text", label: voice.say("message"), kind: "textarea", required: true, limit: messageLimit }, voice);
  const all = [name, email, text];
  const id = uuid();
  const fault = h("div", { hidden: true });
  const button = h("button", { class: "btn main large", type: "submit" }, voice.say("noteSend"));
  let busy = false;
  const submit = async (): Promise<void> => {
    if (busy || !allGood(all)) return;
    busy = true;
    button.ariaDisabled = "true";
    const said = answers(all);
    try {
      await talk.leave({ id, name: said["name"] ?? "", email: said["email"] ?? "", text: said["text"] ?? "" });
      wish.sent(said["email"] ?? "");
    } catch (failed) {
      if (!(failed instanceof Refusal)) throw failed;
      fault.hidden = false;
      fill(fault, faultLine(voice.refusal(failed)));
    } finally {
      busy = false;
      button.ariaDisabled = "false";
    }
  };
  const back = wish.back && h("button", { class: "btn quiet", type: "button", onclick: wish.back }, voice.say("back"));
  const element = form(
    wish.title,
    () => void submit(),
    intro(wish.title, wish.text),
    ...all.map((each) => each.element),
    fault,
    button,
    back,
  );
  return { element, first: name.input };
}

/** A moment as the center writes it: milliseconds or ISO 8601. */
function instant(value: number | string | null): number | null {
  const at = typeof value === "string" ? Date.parse(value) : value;
  return at === null || Number.isNaN(at) ? null : at;
}

/** What outside the hours stands above the form: when we are back, and that a note is answered. */
export function closedText(talk: Talk, voice: Voice, now: number): string {
  if (talk.facts?.words) return talk.facts.words;
  const at = instant(talk.facts?.opens_at ?? null);
  const back = at !== null && at > now ? `${voice.say("closedUntil", { time: voice.coming(at, now) })} ` : "";
  return back + (takesNotes(talk) ? voice.say("closedMore") : "");
}

/** Whether the inbox turns notes into e-mail. */
export function takesNotes(talk: Talk): boolean {
  return talk.facts?.offline_form !== false;
}

/** Outside the hours, where nobody takes notes either. */
export function shut(talk: Talk, voice: Voice): Screen {
  const said = intro(voice.say("closedTitle"), closedText(talk, voice, Date.now()));
  return { element: h("div", { class: "form center" }, h("span", { class: "state" }, icon("clock", 24)), said), first: null };
}

/** The note is with us. */
export function noteSent(voice: Voice, email: string, again: () => void): Screen {
  const button = h("button", { class: "btn", type: "button", onclick: again }, voice.say("back"));
  const mark = h("span", { class: "state good" }, icon("circle-check", 24));
  const said = intro(voice.say("noteSent"), voice.say("noteSentMore", { email }));
  return { element: h("div", { class: "form center", role: "status" }, mark, said, button), first: button };
}

/** Nothing answers at all. */
export function unreachable(talk: Talk, voice: Voice): Screen {
  const button = h("button", { class: "btn", type: "button", onclick: () => void talk.load() }, voice.say("retry"));
  const mark = h("span", { class: "state" }, icon("wifi-off", 24));
  const said = intro(voice.say("unreachable"), voice.say("unreachableMore"));
  return { element: h("div", { class: "form center", role: "alert" }, mark, said, button), first: button };
}
