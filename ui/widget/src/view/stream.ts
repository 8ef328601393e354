/** The conversation as rows: days, messages with their marks, who came, what is still on its way. */
import { h, type Row } from "../dom";
import type { Refusal } from "../door";
import type { Joined, Message, SharedFile } from "../fold";
import { icon, type IconName } from "../icons";
import { pieces } from "../links";
import type { Outgoing } from "../outbox";
import type { Sending, Talk } from "../talk";
import type { Voice } from "../words";

const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

/** A text with its addresses as links that tell the other site nothing. */
export function textWithLinks(text: string): (Node | string)[] {
  return pieces(text).map((piece) =>
    piece.href
      ? h("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, piece.text)
      : piece.text,
  );
}

function eventRow(key: string, text: string): Row {
  return { key, sign: text, draw: () => h("li", { class: "event" }, text) };
}

type Mark = "queued" | "sent" | "delivered" | "read" | "failed";

const marks: Record<Mark, IconName> = {
  queued: "clock",
  sent: "check",
  delivered: "check-check",
  read: "check-check",
  failed: "circle-alert",
};

export class Stream {
  constructor(
    private readonly talk: Talk,
    private readonly voice: Voice,
    /** Called when a picture came and the rows grew. */
    private readonly grew: () => void,
  ) {}

  rows(): Row[] {
    const { chat } = this.talk;
    if (!chat) return [];
    const rows: Row[] = [];
    const joined = [...chat.joined];
    let day = new Date().toDateString();
    let before: Message | null = null;
    chat.messages.forEach((message, at) => {
      const its = new Date(message.at).toDateString();
      if (its !== day) rows.push(eventRow(`day ${its}`, this.voice.day(message.at)));
      day = its;
      while (joined[0] && joined[0].after < message.seq) rows.push(this.joined(joined.shift() as Joined));
      rows.push(this.message(message, before, chat.messages[at + 1] ?? null));
      before = message;
    });
    for (const each of joined) rows.push(this.joined(each));
    const shown = new Set(rows.map((row) => row.key));
    for (const each of this.talk.outbox.list()) if (!shown.has(each.id)) rows.push(this.outgoing(each));
    for (const each of this.talk.sendings) if (!shown.has(each.id)) rows.push(this.sending(each));
    if (chat.ended) rows.push(eventRow("ended", this.endWords()));
    return rows;
  }

  private joined(joined: Joined): Row {
    const { name, waited_ms } = joined;
    const text =
      waited_ms === null
        ? this.voice.say("joined", { name })
        : this.voice.say("joinedAfter", { name, time: this.voice.duration(waited_ms) });
    return eventRow(`joined ${joined.at}`, text);
  }

  private endWords(): string {
    const { chat } = this.talk;
    if (chat?.ended_by === "customer") return this.voice.say("endedByYou");
    const name = chat?.ended_by === "agent" && (chat.agent?.name ?? chat.joined.at(-1)?.name);
    return name ? this.voice.say("endedByThem", { name }) : this.voice.say("ended");
  }

  private message(message: Message, before: Message | null, next: Message | null): Row {
    if (message.author === "system") return eventRow(message.id, message.text);
    const mine = message.author === "customer";
    const more = before?.author === message.author && before.name === message.name;
    const last = next?.author !== message.author || next.state !== message.state;
    const mark = mine && last ? markOf(message.state) : null;
    const who = mine ? this.voice.say("you") : (message.name ?? this.voice.say("someone"));
    return {
      key: message.id,
      sign: `${mark} ${more}`,
      draw: () =>
        h(
          "li",
          { class: `msg${mine ? " mine" : ""}${more ? " more" : ""}` },
          h("span", { class: "heard" }, `${who}, ${this.voice.time(message.at)}: `),
          message.text && h("div", { class: "text", dir: "auto" }, ...textWithLinks(message.text)),
          ...message.files.map((file) => this.file(file)),
          mark && this.mark(mark, message.at),
        ),
    };
  }

  private mark(mark: Mark, at: number): HTMLElement {
    const words = this.voice.say(mark, { time: this.voice.time(at) });
    return h("div", { class: mark === "failed" ? "by late" : "by" }, icon(marks[mark]), words);
  }

  private file(file: SharedFile): HTMLElement {
    const href = this.talk.door.fileUrl(file.id);
    const label = this.voice.say("file", { name: file.name, size: this.voice.size(file.size) });
    const link = { href, target: "_blank", rel: "noopener noreferrer", "aria-label": label };
    const plain = h(
      "a",
      { ...link, class: "file", download: file.name },
      icon("file"),
      h("span", { class: "name" }, file.name),
      h("span", { class: "size" }, this.voice.size(file.size)),
    );
    if (!pictures.has(file.media_type)) return plain;
    const picture = h("img", { src: href, alt: "", onload: this.grew });
    const framed = h("a", { ...link, class: "file picture" }, picture);
    // A page may forbid pictures of other sites: then the name and the size stand for it.
    picture.addEventListener("error", () => framed.replaceWith(plain));
    return framed;
  }

  private outgoing(message: Outgoing): Row {
    const failed = this.talk.outbox.failed(message.id);
    return {
      key: message.id,
      sign: `out ${failed}`,
      draw: () =>
        h(
          "li",
          { class: "msg mine" },
          h("span", { class: "heard" }, `${this.voice.say("you")}: `),
          h("div", { class: "text", dir: "auto" }, ...textWithLinks(message.text)),
          failed ? this.failed(message.id, null) : this.mark("queued", message.at),
        ),
    };
  }

  private failed(id: string, why: string | null, refused: Refusal | null = null): HTMLElement {
    const line = h("div", { class: "by late" }, icon("circle-alert"), why ?? this.voice.say("failed"));
    const { talk, voice } = this;
    const final = refused !== null && !refused.passing;
    if (!final) {
      line.append(h("button", { class: "link", type: "button", onclick: () => talk.retry(id) }, voice.say("retry")));
    }
    line.append(h("button", { class: "link", type: "button", onclick: () => talk.discard(id) }, voice.say("discard")));
    return line;
  }

  private sending(sending: Sending): Row {
    const { file, refused } = sending;
    const share = Math.round(sending.share * 20) / 20;
    const percent = this.voice.number(share, { style: "percent" });
    const words = this.voice.say("uploading", { name: file.name, percent });
    const why = refused && this.why(sending);
    return {
      key: sending.id,
      sign: `${share} ${why}`,
      draw: () => {
        const bar = h("i");
        bar.style.transform = `scaleX(${share})`;
        const progress = { class: "bar", role: "progressbar", "aria-label": words, "aria-valuenow": Math.round(share * 100) };
        return h(
          "li",
          { class: "msg mine" },
          h(
            "div",
            { class: "text" },
            h("div", { class: "by" }, icon("paperclip"), file.name, h("span", {}, why ? "" : percent)),
            !why && h("div", progress, bar),
          ),
          why && this.failed(sending.id, why, refused),
        );
      },
    };
  }

  private why(sending: Sending): string {
    const name = sending.file.name;
    const limit = this.talk.facts?.file_limit_bytes;
    if (sending.refused?.status === 413 && limit) return this.voice.say("fileSize", { name, size: this.voice.size(limit) });
    if (sending.refused?.status === 415) return this.voice.say("fileType", { name });
    return sending.refused ? this.voice.refusal(sending.refused) : "";
  }
}

function markOf(state: Message["state"]): Mark | null {
  return state === "unsent" ? null : state;
}
