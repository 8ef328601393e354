/** The widget on the page: a shadow root with the launcher, the window and what a screen reader hears. */
import { accentTokens } from "../color";
import type { Commanded, Listener, WidgetEvent } from "../commands";
import { h, fill } from "../dom";
import { icon } from "../icons";
import type { Memory } from "../memory";
import type { Options } from "../options";
import { style } from "../style";
import { Talk, type Change } from "../talk";
import { Voice } from "../words";
import { Panel } from "./panel";

export class Widget implements Commanded {
  private readonly host = document.createElement("warmline-chat");
  private readonly root: ShadowRoot;
  private readonly voice: Voice;
  private readonly talk: Talk;
  private readonly panel: Panel;
  private readonly launcher: HTMLButtonElement;
  private readonly heard = h("div", { class: "heard", role: "log", "aria-live": "polite" });
  private readonly listeners = new Map<WidgetEvent, Set<Listener>>();
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private isOpen = false;
  private waiting = false;
  private loaded = false;
  private told = 0;

  constructor(
    private readonly options: Options,
    memory: Memory,
    private readonly own: Memory,
  ) {
    this.voice = new Voice(options.locale);
    this.talk = new Talk(options, memory, (change) => this.changed(change));
    this.root = this.host.attachShadow({ mode: "open" });
    this.panel = new Panel(this.talk, this.voice, own, () => this.close());
    this.launcher = h("button", { class: "launcher", type: "button", onclick: () => this.open() });
  }

  /** Puts the launcher on the page. */
  show(): void {
    this.host.lang = this.options.locale;
    this.host.dataset["side"] = this.options.side;
    if (this.options.theme !== "auto") this.host.dataset["theme"] = this.options.theme;
    this.dress();
    this.colour();
    this.dark.addEventListener("change", () => this.colour());
    const label = this.voice.say("launchShort");
    this.root.append(
      h("section", { class: "root", "aria-label": label }, this.launcher, this.panel.element, this.heard),
    );
    document.body.append(this.host);
    document.addEventListener("visibilitychange", () => this.look());
    window.addEventListener("focus", () => this.look());
    this.fitPhone();
  }

  /** Takes up what an earlier page left, and says that the widget is there. */
  begin(): void {
    this.talk.resume();
    if (this.own.get<boolean>("open") ?? this.isOpen) this.open(false);
    else if (this.talk.chat) this.loadOnce();
    this.render();
    this.emit("ready", {});
  }

  open(focus = true): void {
    if (!this.isOpen) this.emit("open", {});
    this.isOpen = true;
    this.own.set("open", true);
    this.loadOnce();
    this.render();
    if (focus) this.panel.focus();
  }

  close(): void {
    if (!this.isOpen) return;
    const inside = this.root.activeElement !== null;
    this.isOpen = false;
    this.own.set("open", false);
    this.render();
    if (inside) this.launcher.focus();
    this.emit("close", {});
  }

  /** Forgets the chat on this device, for example when the customer signs out of the shop. */
  forget(): void {
    this.talk.identity = {};
    this.own.drop("draft");
    this.talk.restart();
  }

  identify(person: { name?: string; email?: string; jwt?: string }): void {
    void this.talk.identify(person);
  }

  on(event: WidgetEvent, listener: Listener): () => void {
    const known = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, known.add(listener));
    return () => known.delete(listener);
  }

  private emit(event: WidgetEvent, fact: Record<string, unknown>): void {
    for (const listener of this.listeners.get(event) ?? []) listener(fact);
  }

  private loadOnce(): void {
    if (this.loaded && !this.talk.unreachable) return;
    this.loaded = true;
    void this.talk.load();
  }

  private changed(change: Change): void {
    if (change === "started" || change === "ended") this.emit(change, {});
    else if (change !== "view") {
      const name = change.message.name ?? this.voice.say("someone");
      this.hear(this.isOpen ? `${name}: ${change.message.text}` : this.voice.say("newUnread", { name }));
    }
    this.later();
  }

  /** Says something to a screen reader once. */
  private hear(text: string): void {
    const line = h("p", {}, text);
    this.heard.append(line);
    setTimeout(() => line.remove(), 10_000);
  }

  /** Many changes of one moment are drawn once. */
  private later(): void {
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      this.render();
    });
  }

  private render(): void {
    this.panel.element.hidden = !this.isOpen;
    this.launcher.hidden = this.isOpen;
    this.panel.render(this.isOpen);
    this.look();
    const count = this.talk.unreadCount();
    const label = count ? `${this.voice.say("launch")}, ${this.voice.count("unread", count)}` : this.voice.say("launch");
    if (this.launcher.ariaLabel !== label) {
      this.launcher.ariaLabel = label;
      fill(this.launcher, icon("message", 24), count > 0 && h("span", { class: "badge", "aria-hidden": "true" }, count > 99 ? "99+" : String(count)));
    }
    if (count !== this.told) this.emit("unread", { count });
    this.told = count;
  }

  private look(): void {
    if (this.isOpen && !document.hidden && document.hasFocus()) this.talk.seen();
  }

  private dress(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    this.root.adoptedStyleSheets = [sheet];
  }

  private colour(): void {
    const { color, theme } = this.options;
    if (!color) return;
    const shown = theme === "auto" ? (this.dark.matches ? "dark" : "light") : theme;
    for (const [name, value] of Object.entries(accentTokens(color, shown))) this.host.style.setProperty(name, value);
  }

  /** On a phone the window ends above the on-screen keyboard. */
  private fitPhone(): void {
    const view = window.visualViewport;
    if (!view) return;
    const fit = (): void => {
      if (view.scale > 1.01) return;
      this.host.style.setProperty("--height", `${view.height}px`);
      this.host.style.setProperty("--top", `${view.offsetTop}px`);
    };
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
  }
}
