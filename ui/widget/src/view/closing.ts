/** The cards at the bottom of a conversation: end it, mail it, rate it, begin anew. */
import { Refusal } from "../door";
import { h, fill } from "../dom";
import { icon } from "../icons";
import type { Talk } from "../talk";
import type { Key, Voice } from "../words";
import { allGood, faultLine, field } from "./fields";

/** Runs a deed; a refusal becomes a sentence in `fault`. */
async function tried(deed: () => Promise<void>, fault: HTMLElement, voice: Voice): Promise<void> {
  try {
    fill(fault);
    await deed();
  } catch (failed) {
    if (!(failed instanceof Refusal)) throw failed;
    fill(fault, faultLine(voice.refusal(failed)));
  }
}

/** Asks before the chat is ended. */
export function endCard(talk: Talk, voice: Voice, close: () => void): HTMLElement {
  const fault = h("div");
  const end = (): void => {
    void tried(async () => {
      await talk.end();
      close();
    }, fault, voice);
  };
  return h(
    "div",
    { class: "card", role: "group", "aria-label": voice.say("endAsk") },
    h("h3", {}, voice.say("endAsk")),
    fault,
    h(
      "div",
      { class: "row" },
      h("button", { class: "btn", type: "button", onclick: close, "data-first": "" }, voice.say("endNo")),
      h("button", { class: "btn danger", type: "button", onclick: end }, voice.say("endYes")),
    ),
  );
}

/** Asks where to mail the conversation. */
export function transcriptCard(talk: Talk, voice: Voice, close: (sentTo: string | null) => void): HTMLElement {
  const wish = { name: "to", label: voice.say("transcriptTo"), kind: "email", autocomplete: "email" } as const;
  const email = field({ ...wish, required: true, value: talk.identity.email ?? "" }, voice);
  email.input.dataset["first"] = "";
  const fault = h("div");
  const onsubmit = (event: Event): void => {
    event.preventDefault();
    if (!allGood([email])) return;
    const to = email.input.value.trim();
    void tried(async () => {
      await talk.transcript(to);
      close(to);
    }, fault, voice);
  };
  return h(
    "form",
    { class: "card", "aria-label": voice.say("transcript"), novalidate: true, onsubmit },
    email.element,
    fault,
    h(
      "div",
      { class: "row" },
      h("button", { class: "btn", type: "button", onclick: () => close(null) }, voice.say("cancel")),
      h("button", { class: "btn main", type: "submit" }, voice.say("transcriptSend")),
    ),
  );
}

const scores = [1, 2, 3, 4, 5] as const;

/** How was it, 1 to 5 with words, and a comment once a score is chosen. */
export function ratingCard(talk: Talk, voice: Voice): HTMLElement {
  const fault = h("div");
  const comment = field({ name: "comment", label: voice.say("rateComment"), kind: "textarea", required: false, limit: 2_000 }, voice);
  const rest = h("div", { class: "form", hidden: true }, comment.element, fault, h("button", { class: "btn main", type: "submit" }, voice.say("rateSend")));
  let score = 0;
  const choice = (value: (typeof scores)[number]): HTMLElement => {
    const choose = (): void => {
      score = value;
      rest.hidden = false;
    };
    const input = h("input", { type: "radio", name: "score", value, onchange: choose });
    return h("label", {}, input, h("b", {}, String(value)), voice.say(`rate${value}` satisfies Key));
  };
  const onsubmit = (event: Event): void => {
    event.preventDefault();
    if (score) void tried(() => talk.rate(score, comment.input.value.trim()), fault, voice);
  };
  return h(
    "form",
    { class: "card", onsubmit },
    h(
      "fieldset",
      { class: "field", role: "radiogroup" },
      h("legend", {}, voice.say("rateAsk")),
      h("div", { class: "scale" }, ...scores.map(choice)),
    ),
    rest,
  );
}

/** After a rating. */
export function thanksCard(voice: Voice): HTMLElement {
  return h("div", { class: "card", role: "status" }, h("p", { class: "state good" }, icon("circle-check"), voice.say("rateThanks")));
}
