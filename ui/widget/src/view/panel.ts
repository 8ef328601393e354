/** The window: a head that says who is there, the screen that fits the moment, and the foot. */
import { h, fill, Rows, type Child } from "../dom";
import { icon, type IconName } from "../icons";
import type { Memory } from "../memory";
import type { Talk } from "../talk";
import type { Voice } from "../words";
import { endCard, ratingCard, thanksCard, transcriptCard } from "./closing";
import { Composer } from "./composer";
import { closedText, note, noteSent, prechat, shut, takesNotes, unreachable, type Screen } from "./forms";
import { Stream } from "./stream";

type Place = "loading" | "unreachable" | "shut" | "prechat" | "away" | "note" | "noted" | "talk";
type Card = "none" | "end" | "transcript";

const nearPx = 80;

export class Panel {
  readonly element: HTMLElement;
  private readonly head = h("header");
  private readonly strip = h("div", { role: "status" });
  private readonly body = h("div", { class: "body" });
  private readonly foot = h("footer");
  private readonly talkBody: HTMLElement;
  private readonly scroll: HTMLElement;
  private readonly wait = h("div", { class: "wait", role: "status", hidden: true });
  private readonly typing = h("div", { class: "typing", hidden: true });
  private readonly below = h("div");
  private readonly jump: HTMLButtonElement;
  private readonly rows: Rows;
  private readonly stream: Stream;
  private readonly composer: Composer;
  private readonly signs = new Map<Element, string>();
  private screen: Screen | null = null;
  private place: Place | null = null;
  private card: Card = "none";
  private writing = false;
  private notedTo: string | null = null;
  private complaint: string | null = null;
  private news: string | null = null;
  private wasAtEnd = true;
  /** Where it is asked how the chat was: nowhere (null), or not known yet (empty). */
  private survey: string | null | undefined;

  constructor(
    private readonly talk: Talk,
    private readonly voice: Voice,
    own: Memory,
    private readonly close: () => void,
  ) {
    const list = h("ol", { class: "stream" });
    this.rows = new Rows(list);
    this.stream = new Stream(talk, voice, () => this.toEnd());
    this.composer = new Composer(talk, voice, own, (text) => this.complain(text));
    this.scroll = h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": voice.say("conversation") }, this.wait, list, this.typing);
    this.jump = h("button", { class: "btn jump", type: "button", hidden: true, onclick: () => this.toEnd(true) }, icon("arrow-down"), voice.say("newMessages"));
    this.talkBody = h("div", { class: "body" }, this.scroll, this.jump);
    this.scroll.addEventListener("scroll", () => this.scrolled());
    const onkeydown = (event: KeyboardEvent): void => this.key(event);
    this.element = h("div", { class: "panel", role: "dialog", tabindex: -1, hidden: true, onkeydown }, this.head, this.strip, this.body, this.below, this.foot);
    this.takeDrops();
  }

  /** The focus goes where one would write next; on touch screens nowhere, so no keyboard jumps up. */
  focus(): void {
    const wanted = this.place === "talk" ? this.composer.input : this.screen?.first;
    const touch = matchMedia("(pointer: coarse)").matches;
    (wanted?.isConnected && !touch ? wanted : this.element).focus();
  }

  render(open: boolean): void {
    if (!open) return;
    this.element.ariaLabel = this.voice.say("title", { name: this.name() });
    const place = this.where();
    this.renderHead(place);
    this.renderStrip();
    if (place !== this.place) this.enter(place);
    if (place === "talk") this.renderTalk();
    this.renderBelow(place);
    this.renderFoot(place);
  }

  private name(): string {
    return this.talk.facts?.name ?? "Warmline";
  }

  private where(): Place {
    const { talk } = this;
    if (this.notedTo !== null) return "noted";
    if (this.writing) return "note";
    if (talk.chat) return "talk";
    if (talk.unreachable) return "unreachable";
    if (!talk.facts) return "loading";
    if (talk.facts.open) return "prechat";
    return takesNotes(talk) ? "away" : "shut";
  }

  private enter(place: Place): void {
    const inside = this.body.contains(deepFocus(this.element)) || this.below.contains(deepFocus(this.element));
    this.place = place;
    this.screen = this.screenOf(place);
    fill(this.body, place === "talk" ? this.talkBody : h("div", { class: "scroll" }, this.screen?.element));
    this.signs.delete(this.below);
    if (place === "talk") this.wasAtEnd = true;
    if (inside || document.activeElement?.tagName === "WARMLINE-CHAT") queueMicrotask(() => this.focus());
  }

  private screenOf(place: Place): Screen | null {
    const { talk, voice } = this;
    const sent = (email: string): void => this.go(() => (this.notedTo = email));
    switch (place) {
      case "unreachable":
        return unreachable(talk, voice);
      case "shut":
        return shut(talk, voice);
      case "prechat":
        return prechat(talk, voice);
      case "away":
        return note(talk, voice, { title: voice.say("closedTitle"), text: closedText(talk, voice, Date.now()), sent, back: null });
      case "note":
        return note(talk, voice, { title: voice.say("noteTitle"), text: voice.say("noteMore"), sent, back: () => this.go(() => (this.writing = false)) });
      case "noted":
        return noteSent(voice, this.notedTo ?? "", () => this.leaveNote());
      case "loading":
      case "talk":
        return null;
      default:
        return place satisfies never;
    }
  }

  private leaveNote(): void {
    const wrote = this.writing;
    this.go(() => {
      this.notedTo = null;
      this.writing = false;
    });
    if (wrote && this.talk.chat) this.talk.restart();
  }

  /** Changes something of the window's own and draws it. */
  private go(change: () => void): void {
    change();
    this.render(true);
  }

  /** Puts children into `parent` only when `sign` says that they differ from those before. */
  private put(parent: Element, sign: string, draw: () => Child[]): void {
    if (this.signs.get(parent) === sign) return;
    this.signs.set(parent, sign);
    fill(parent, ...draw());
  }

  private renderHead(place: Place): void {
    const { chat } = this.talk;
    const agent = place === "talk" ? chat?.agent?.name : undefined;
    const title = agent ?? this.name();
    const [tone, mark, words] = this.state(place);
    const live = place === "talk" && chat !== null && !chat.ended;
    this.put(this.head, [title, words, live].join("\n"), () => [
      h("span", { class: "avatar", "aria-hidden": "true" }, [...title][0]?.toLocaleUpperCase(this.voice.tag)),
      h("div", { class: "who" }, h("h2", {}, title), words && h("p", {}, h("span", { class: `state ${tone}` }, mark && icon(mark, 14), words))),
      live && h("button", { class: "btn quiet", type: "button", "aria-label": this.voice.say("endLabel"), onclick: () => this.show("end") }, this.voice.say("end")),
      h("button", { class: "btn quiet square", type: "button", "aria-label": this.voice.say("close"), title: this.voice.say("close"), onclick: this.close }, icon("minus")),
    ]);
  }

  private state(place: Place): [tone: string, mark: IconName | null, words: string] {
    const { chat, facts } = this.talk;
    if (place === "talk" && chat) {
      if (!chat.known) return ["", null, ""];
      if (chat.ended) return ["", "check", this.voice.say("ended")];
      if (chat.agent && chat.phase !== "queued") return ["good", "circle-check", this.voice.say("hereNow")];
      return ["", "clock", this.voice.say("inLine")];
    }
    if (!facts) return ["", null, ""];
    return facts.open ? ["good", "circle-check", this.voice.say("online")] : ["", "clock", this.voice.say("away")];
  }

  private renderStrip(): void {
    const { talk, voice } = this;
    const lost = talk.chat !== null && talk.line === "lost";
    const refused = talk.chat && talk.refused ? voice.refusal(talk.refused) : null;
    const bad = this.complaint ?? refused;
    this.strip.className = bad ? "strip late" : "strip";
    this.strip.hidden = !(bad ?? lost) && !this.news;
    this.put(this.strip, `${bad} ${lost} ${this.news}`, () =>
      bad || (this.news && !lost)
        ? [icon(bad ? "circle-alert" : "check"), h("p", {}, bad ?? this.news), this.dismiss()]
        : lost
          ? [icon("wifi-off"), h("p", {}, voice.say("lost"))]
          : [],
    );
  }

  private dismiss(): HTMLElement {
    const onclick = (): void =>
      this.go(() => {
        this.complaint = null;
        this.news = null;
        this.talk.refused = null;
        this.focus();
      });
    return h("button", { class: "btn square", type: "button", "aria-label": this.voice.say("discard"), onclick }, icon("x", 14));
  }

  private complain(text: string): void {
    this.go(() => (this.complaint = text));
  }

  private renderTalk(): void {
    const { chat } = this.talk;
    if (!chat) return;
    this.composer.render();
    this.renderWait();
    const writes = chat.typing_until > Date.now() && !chat.ended;
    this.typing.hidden = !writes;
    const name = chat.agent?.name ?? this.voice.say("someone");
    if (writes) this.put(this.typing, name, () => [icon("pencil-line"), this.voice.say("writing", { name })]);
    const height = this.scroll.scrollHeight;
    this.rows.show(this.stream.rows());
    if (this.wasAtEnd) this.toEnd();
    else if (this.scroll.scrollHeight > height) this.jump.hidden = false;
  }

  private renderWait(): void {
    const { chat } = this.talk;
    const waits = chat !== null && !chat.ended && chat.known && !chat.agent;
    this.wait.hidden = !waits;
    if (!waits) return;
    const { position } = chat;
    const asked = chat.phase === "offered";
    const title = asked
      ? this.voice.say("waitSoon")
      : position === null
        ? this.voice.say("waiting")
        : position > 1
          ? this.voice.say("waitNumber", { n: position })
          : this.voice.say("waitTitle");
    const wait = asked ? null : this.voice.wait(position, chat.expected);
    const words = chat.words ?? this.voice.say("waitMore");
    this.put(this.wait, `${title} ${wait} ${words}`, () => [
      icon("clock"),
      h("div", {}, h("b", {}, title), wait && h("p", {}, wait), h("p", {}, words)),
    ]);
  }

  private renderBelow(place: Place): void {
    const { chat } = this.talk;
    if (place !== "talk" || !chat) {
      this.put(this.below, "nothing", () => []);
      return;
    }
    if (chat.ended && this.card === "end") this.card = "none";
    if (!chat.ended) this.survey = undefined;
    else if (this.survey === undefined) {
      this.survey = "";
      void this.talk.door.survey().then((page) => {
        this.survey = page;
        this.render(true);
      });
    }
    const sign = `${this.card} ${chat.ended} ${this.survey ?? chat.rated} ${chat.known}`;
    const had = this.below.contains(deepFocus(this.element));
    this.put(this.below, sign, () => this.cards(chat.ended, chat.rated));
    if (had && !this.below.contains(deepFocus(this.element))) this.focusBelow();
    if (this.wasAtEnd) this.toEnd();
  }

  private cards(ended: boolean, rated: boolean): Child[] {
    const { talk, voice } = this;
    if (this.card === "end") return [endCard(talk, voice, () => this.show("none"))];
    if (this.card === "transcript") return [transcriptCard(talk, voice, (to) => this.transcribed(to))];
    if (!ended) return [this.composer.element];
    const again = h("button", { class: "btn large", type: "button", onclick: () => talk.restart() }, voice.say("again"));
    return [this.asked(rated), h("div", { class: "after" }, again)];
  }

  private asked(rated: boolean): Child {
    const { talk, voice, survey } = this;
    if (survey === null) return rated ? thanksCard(voice) : ratingCard(talk, voice);
    return survey && h("iframe", { class: "survey", title: voice.say("rateAsk"), src: `${survey}?theme=${talk.options.theme}` });
  }

  private transcribed(to: string | null): void {
    if (to) this.news = this.voice.say("transcriptSent", { email: to });
    this.show("none");
  }

  private show(card: Card): void {
    this.card = card;
    this.render(true);
    this.focusBelow();
  }

  private focusBelow(): void {
    const first = this.below.querySelector<HTMLElement>("[data-first], textarea, input, button");
    (first ?? this.element).focus();
  }

  private renderFoot(place: Place): void {
    const { chat } = this.talk;
    const waits = place === "talk" && chat && chat.known && !chat.agent && !chat.ended;
    const kind = place !== "talk" || this.card !== "none" ? "plain" : waits ? "wait" : "mail";
    const link = (words: string, onclick: () => void): HTMLElement => h("button", { class: "link", type: "button", onclick }, words);
    this.put(this.foot, kind, () => [
      kind === "wait" && takesNotes(this.talk) && link(this.voice.say("byMail"), () => this.go(() => (this.writing = true))),
      kind === "mail" && link(this.voice.say("transcript"), () => this.show("transcript")),
      kind === "plain" && h("span"),
      h("span", {}, this.voice.say("by")),
    ]);
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    if (this.card !== "none") this.show("none");
    else this.close();
  }

  private scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    this.wasAtEnd = scrollHeight - scrollTop - clientHeight < nearPx;
    if (this.wasAtEnd) this.jump.hidden = true;
  }

  private toEnd(force = false): void {
    if (!force && !this.wasAtEnd) return;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.jump.hidden = true;
  }

  private takeDrops(): void {
    const shade = h("div", { class: "drop", hidden: true }, this.voice.say("drop"));
    this.element.append(shade);
    const takes = (event: DragEvent): boolean =>
      this.place === "talk" && !this.talk.chat?.ended && (event.dataTransfer?.types.includes("Files") ?? false);
    this.element.addEventListener("dragover", (event) => {
      if (!takes(event)) return;
      event.preventDefault();
      shade.hidden = false;
    });
    this.element.addEventListener("dragleave", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) shade.hidden = true;
    });
    this.element.addEventListener("drop", (event) => {
      shade.hidden = true;
      if (!takes(event)) return;
      event.preventDefault();
      this.composer.take([...(event.dataTransfer?.files ?? [])]);
    });
  }
}

/** What has the focus inside our shadow root. */
function deepFocus(within: Element): Element | null {
  const root = within.getRootNode();
  return root instanceof ShadowRoot ? root.activeElement : null;
}
