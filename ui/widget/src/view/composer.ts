/** Where the customer writes: text, files by button, drag and paste. */
import { h } from "../dom";
import { acceptList } from "../files";
import { icon } from "../icons";
import type { Memory } from "../memory";
import { filesAtOnce, messageLimit, type Talk } from "../talk";
import type { Voice } from "../words";
import { enterSends } from "./forms";

const tallestPx = 152;

export class Composer {
  readonly element: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  private readonly picker: HTMLInputElement;

  constructor(
    private readonly talk: Talk,
    private readonly voice: Voice,
    private readonly own: Memory,
    private readonly complain: (text: string) => void,
  ) {
    this.input = h("textarea", { rows: 1, oninput: () => this.typed() });
    this.input.value = own.get<string>("draft") ?? "";
    this.picker = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.picked() });
    const attach = h(
      "button",
      { class: "btn quiet square", type: "button", "aria-label": voice.say("attach"), title: voice.say("attach"), onclick: () => this.picker.click() },
      icon("paperclip"),
    );
    const send = h("button", { class: "btn main square", "aria-label": voice.say("send"), title: voice.say("send") }, icon("send"));
    const onsubmit = (event: Event): void => {
      event.preventDefault();
      this.send();
    };
    this.element = h("form", { class: "composer", onsubmit }, this.input, this.picker, attach, send);
    enterSends(this.input, () => this.send());
    this.input.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.take(files);
    });
  }

  /** Brings names and rules up to date. */
  render(): void {
    const name = this.talk.chat?.agent?.name;
    const words = name ? this.voice.say("writeTo", { name }) : this.voice.say("write");
    if (this.input.placeholder !== words) this.input.placeholder = this.input.ariaLabel = words;
    const accept = acceptList(this.talk.facts?.file_types ?? []);
    if (accept) this.picker.accept = accept;
    this.fit();
  }

  private typed(): void {
    this.own.set("draft", this.input.value);
    this.talk.typing(this.input.value.trim() !== "");
    this.fit();
  }

  private fit(): void {
    this.input.style.height = "auto";
    const wanted = this.input.scrollHeight;
    if (wanted) this.input.style.height = `${Math.min(wanted, tallestPx)}px`;
  }

  private send(): void {
    const text = this.input.value.trim();
    if (!text) return;
    if (text.length > messageLimit) {
      this.complain(this.voice.say("tooLong", { n: messageLimit }));
      return;
    }
    this.input.value = "";
    this.own.drop("draft");
    this.talk.say(text);
    this.fit();
    this.input.focus();
  }

  private picked(): void {
    this.take([...(this.picker.files ?? [])]);
    this.picker.value = "";
    this.input.focus();
  }

  /** Sends what may be sent; the rest is answered with a sentence. */
  take(files: readonly File[]): void {
    const limit = this.voice.size(this.talk.facts?.file_limit_bytes ?? 0);
    const said = this.talk.attach(files).map(({ file, why }) => {
      const key = ({ size: "fileSize", type: "fileType", empty: "fileEmpty" } as const)[why];
      return this.voice.say(key, { name: file.name, size: limit });
    });
    if (files.length > filesAtOnce) said.push(this.voice.say("filesMany", { n: filesAtOnce }));
    if (said.length) this.complain(said.join(" "));
  }
}
