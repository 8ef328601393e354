/** The call on the page: a button of its own, and a small window for the form, the wait and the talk. */
import { accentTokens } from "../src/color";
import { fill, h, type Child } from "../src/dom";
import { Memory, shelf } from "../src/memory";
import type { Options } from "../src/options";
import { style } from "../src/style";
import { Call, type Stage } from "./call";
import { picture } from "./icons";
import { say, type Words } from "./words";

const own = `
.launcher{width:auto;min-width:56px;padding:0 18px 0 16px;display:flex;gap:8px;align-items:center;font-weight:550}
:host([data-above]) .launcher{bottom:calc(92px + env(safe-area-inset-bottom))}
.panel{height:auto;min-height:240px;z-index:2147483001}
.call{display:grid;gap:16px;padding:16px;overflow-y:auto}
.call h3{font-size:16px;line-height:24px;font-weight:650}
.call p{color:var(--ink-2)}
.call p.late{color:var(--late-ink)}
.num{font-variant-numeric:tabular-nums}
.level{display:grid;grid-template-columns:40px 1fr;gap:8px;align-items:center;font-size:12px;line-height:16px;color:var(--ink-3)}
.level .bar{margin:0;height:6px}
.keys{display:grid;grid-template-columns:repeat(3,1fr);gap:8px}
.keys .btn{justify-content:center;min-height:44px;font-size:16px}
.btn[aria-pressed=true]{background:var(--accent-soft);border-color:var(--accent-line)}
@media (max-width:480px),(max-height:440px){:host([data-above]) .launcher{bottom:calc(84px + env(safe-area-inset-bottom))}.panel{inset:auto 0 0 0!important;height:auto!important;max-height:100dvh;border-radius:14px 14px 0 0!important}}
`.replace(/\n/g, "");

export class CallWidget {
  readonly #host = document.createElement("warmline-call");
  readonly #root = this.#host.attachShadow({ mode: "open" });
  readonly #call: Call;
  readonly #launcher: HTMLButtonElement;
  readonly #panel: HTMLElement;
  readonly #body = h("div", { class: "call" });
  readonly #heard = h("div", { class: "heard", role: "status", "aria-live": "polite" });
  #drawn = "";
  #open = false;
  #keysOpen = false;
  #name = "";
  #number = "";
  #shown: { mine: HTMLElement; theirs: HTMLElement; time: HTMLElement | null } | null = null;

  constructor(private readonly options: Options) {
    const memory = new Memory(shelf("sessionStorage"), `warmline:${new URL(options.base).host}:${options.inbox}:`);
    this.#call = new Call(options, memory, () => { this.#draw(); });
    this.#launcher = h("button", { class: "launcher", type: "button", onclick: () => { this.open(); } }, picture("phone", 20), this.#say("launch"));
    this.#panel = h("section", { class: "panel", role: "dialog", "aria-label": this.#say("title"), tabindex: "-1", hidden: true },
      h("header", {}, h("div", { class: "who" }, h("h2", {}, this.#say("title"))), h("button", { class: "btn quiet square", type: "button", "aria-label": this.#say("close"), onclick: () => { this.close(); } }, picture("x"))),
      this.#body);
    this.#panel.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
  }

  show(): void {
    const { side, theme, locale } = this.options;
    this.#host.lang = locale;
    this.#host.dataset["side"] = side;
    if (theme !== "auto") this.#host.dataset["theme"] = theme;
    // The chat has its button in the corner: ours stands above it.
    if (document.querySelector("warmline-chat, script[src*='/widget.js']") !== null) this.#host.dataset["above"] = "";
    this.#root.append(h("style", {}, style + own), h("section", { class: "root", "aria-label": this.#say("launch") }, this.#launcher, this.#panel, this.#heard));
    this.#colour();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.#colour(); });
    document.body.append(this.#host);
    setInterval(() => { this.#live(); }, 150);
    this.#draw();
    void this.#call.resume().then(() => { if (this.#call.stage !== "form") this.open(); });
  }

  open(): void {
    this.#open = true;
    this.#draw();
    this.#panel.focus();
  }

  /** Closes the window; a call that goes on stays, and its button says so. */
  close(): void {
    this.#open = false;
    this.#draw();
    this.#launcher.focus();
  }

  // Inside

  #say(key: keyof Words, facts: Readonly<Record<string, string | number>> = {}): string {
    return say(this.options.locale, key, facts);
  }

  #colour(): void {
    if (this.options.color === null) return;
    const dark = this.options.theme === "dark" || (this.options.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    for (const [name, value] of Object.entries(accentTokens(this.options.color, dark ? "dark" : "light"))) this.#host.style.setProperty(name, value);
  }

  #draw(): void {
    this.#panel.hidden = !this.#open;
    this.#launcher.hidden = this.#open;
    const { stage, fault, connected, keys, unheard, blocked, cut, leg, place, words, opensAt } = this.#call;
    // Only what changed is drawn anew, so that a field keeps what is typed and the focus.
    const sign = JSON.stringify([stage, fault, connected, keys, this.#keysOpen, unheard, blocked, cut, leg?.muted, place, words, opensAt]);
    if (sign === this.#drawn) return;
    this.#drawn = sign;
    const focused = (this.#root.activeElement as HTMLElement | null)?.dataset["key"];
    this.#shown = null;
    fill(this.#body, ...this.#content(stage));
    if (focused !== undefined) this.#body.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
    const title = this.#body.querySelector("h3")?.textContent ?? "";
    if (stage !== "form" && this.#heard.textContent !== title) this.#heard.textContent = title;
  }

  #content(stage: Stage): Child[] {
    const { call } = { call: this.#call };
    switch (stage) {
      case "form": return [this.#form()];
      case "asking": return [h("h3", {}, this.#say("asking"))];
      case "calling": return [h("h3", {}, this.#say("calling")), h("p", {}, this.#say("callingText")), ...this.#trouble(), this.#buttons()];
      case "waiting": return [h("h3", {}, this.#say("waiting")), ...this.#place(), h("p", {}, this.#say("waitingText")), ...this.#trouble(), this.#buttons()];
      case "held": return [h("h3", {}, this.#say("held")), h("p", {}, this.#say("heldText")), ...this.#trouble(), this.#buttons()];
      case "talking": return [h("h3", {}, this.#say(call.connected ? "talking" : "joining"), " "), ...this.#trouble(), ...this.#levels(), this.#buttons()];
      case "ended": return [h("h3", {}, this.#say(call.end)), call.talked_ms > 0 && h("p", { class: "num" }, this.#say("lasted", { time: clock(call.talked_ms) })), h("div", { class: "row" }, this.#button("again", "main", () => { call.again(); }), this.#button("close", "", () => { this.close(); }))];
    }
  }

  #form(): HTMLElement {
    const { fault } = this.#call;
    const send = (event: Event): void => {
      event.preventDefault();
      void this.#call.begin({ name: this.#name.trim(), number: this.#number.trim() });
    };
    return h("form", { class: "form", onsubmit: send },
      h("p", {}, this.#say("intro")),
      this.#field("name", this.#name, 80, "name", (value) => { this.#name = value; }),
      this.#field("number", this.#number, 40, "tel", (value) => { this.#number = value; }, this.#say("numberHint")),
      fault !== null && h("p", { class: "late", role: "alert" }, this.#faultWords()),
      h("button", { class: "btn main large", type: "submit", "data-key": "call" }, picture("phone"), this.#say("call")),
      h("p", { class: "hint" }, this.#say("microphoneNote")));
  }

  #faultWords(): string {
    const { fault, words, opensAt } = this.#call;
    if (fault === null) return "";
    if (fault !== "closed") return this.#say(fault);
    const when = opensAt === null ? "" : this.#say("opens", { when: new Intl.DateTimeFormat(this.options.locale, { weekday: "long", hour: "2-digit", minute: "2-digit" }).format(opensAt) });
    return words !== "" ? words : [this.#say("closed"), when].filter((one) => one !== "").join(" ");
  }

  #field(key: "name" | "number", value: string, most: number, fill_: string, typed: (value: string) => void, hint = ""): HTMLElement {
    const input = h("input", { id: key, value, maxlength: most, type: key === "number" ? "tel" : "text", autocomplete: fill_, "data-key": key, "aria-describedby": hint === "" ? null : "hint", oninput: (event: Event) => { typed((event.target as HTMLInputElement).value); } });
    return h("div", { class: "field" }, h("label", { for: key }, this.#say(key), h("span", {}, this.#say("optional"))), input, hint !== "" && h("p", { class: "hint", id: "hint" }, hint));
  }

  #place(): Child[] {
    const { place } = this.#call;
    if (place === null) return [];
    const minutes = (ms: number): number => Math.max(1, Math.round(ms / 60_000));
    const [low, high] = [place.low_ms, place.high_ms].map((ms) => (ms === null ? null : minutes(ms)));
    const about = low === null || low === undefined || high === null || high === undefined ? "" : low === high ? this.#say("about", { n: low }) : this.#say("between", { low, high });
    const said = [place.position === null ? "" : this.#say("position", { n: place.position }), about].filter((one) => one !== "").join(" ");
    return [said !== "" && h("p", { class: "num" }, said), place.words !== null && h("p", {}, place.words)];
  }

  #trouble(): Child[] {
    const { call } = { call: this.#call };
    return [
      call.cut && h("p", { class: "late", role: "alert" }, this.#say("cut")),
      call.unheard && h("p", { class: "late", role: "alert" }, this.#say("unheard")),
      call.fault !== null && h("p", { class: "late", role: "alert" }, this.#faultWords()),
      call.blocked && this.#button("play", "main", () => { call.play(); }),
    ];
  }

  #levels(): Child[] {
    const bar = (label: string): HTMLElement => h("span", { class: "bar", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0 }, h("i", { style: "transform:scaleX(0)" }));
    const time = h("p", { class: "num", role: "timer" });
    const [mine, theirs] = [bar(this.#say("youLevel")), bar(this.#say("weLevel"))];
    this.#shown = { mine, theirs, time };
    return [time, h("div", { class: "level" }, this.#say("you"), mine), h("div", { class: "level" }, this.#say("we"), theirs)];
  }

  #live(): void {
    if (this.#shown === null || this.#panel.hidden) return;
    const { mine, theirs } = this.#call.levels();
    for (const [bar, level] of [[this.#shown.mine, mine], [this.#shown.theirs, theirs]] as const) {
      bar.setAttribute("aria-valuenow", String(level));
      bar.querySelector("i")?.style.setProperty("transform", `scaleX(${level / 100})`);
    }
    const since = this.#call.talkedSince;
    if (this.#shown.time !== null) this.#shown.time.textContent = since === null ? "" : clock(Date.now() - since);
  }

  #buttons(): HTMLElement {
    const muted = this.#call.leg?.muted === true;
    const mute = h("button", { class: "btn", type: "button", "data-key": "mute", "aria-pressed": muted ? "true" : "false", onclick: () => { this.#call.mute(!muted); } }, picture(muted ? "mic-off" : "mic"), this.#say(muted ? "unmute" : "mute"));
    const hangUp = h("button", { class: "btn danger", type: "button", "data-key": "hangUp", onclick: () => { this.#call.hangUp(); } }, picture("phone-off"), this.#say("hangUp"));
    const keys = h("button", { class: "btn", type: "button", "data-key": "keys", "aria-expanded": this.#keysOpen ? "true" : "false", onclick: () => { this.#keysOpen = !this.#keysOpen; this.#draw(); } }, this.#say("keys"));
    const row = h("div", { class: "row" }, this.#call.stage === "talking" && mute, this.#call.keys && keys, hangUp);
    return h("div", { class: "form" }, this.#call.keys && this.#keysOpen && this.#keys(), row);
  }

  #keys(): HTMLElement {
    const key = (digit: string): HTMLElement => h("button", { class: "btn", type: "button", "data-key": `key-${digit}`, "aria-label": this.#say("key", { key: digit }), onclick: () => { this.#call.press(digit); } }, digit);
    return h("div", { class: "keys", role: "group", "aria-label": this.#say("keys") }, ...[..."123456789*0#"].map(key));
  }

  #button(key: keyof Words, kind: string, onclick: () => void): HTMLElement {
    return h("button", { class: `btn ${kind}`, type: "button", "data-key": key, onclick }, this.#say(key));
  }
}

function clock(ms: number): string {
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}
