/** One customer's conversation in this tab: what is known, what is asked of the center, what is kept for a reload. */
import { Door, Refusal, type InboxFacts, type OfflineNote, type Opening } from "./door";
import { fault } from "./files";
import { apply, newChat, resumeAfter, unread, type Chat, type Frame, type Joined, type Message } from "./fold";
import type { Memory } from "./memory";
import { Outbox } from "./outbox";
import { uuid } from "./uuid";
import { Line, type LineState } from "./wire";
import type { Options } from "./options";

/** What the browser keeps of a started chat. */
interface Kept {
  interaction: string;
  token: string;
  started_at: number;
  joined: Joined[];
  ended_at?: number;
}

export interface Sending {
  id: string;
  file: File;
  share: number;
  at: number;
  refused: Refusal | null;
}

export interface Identity {
  name?: string;
  email?: string;
  jwt?: string;
}

export type Change = "view" | "started" | "ended" | { message: Message };

const resendAfterMs = 8_000;
const typingAgainMs = 3_000;
const typingRestMs = 5_000;
const keepEndedMs = 12 * 3_600_000;
export const messageLimit = 10_000;
export const filesAtOnce = 10;

export class Talk {
  facts: InboxFacts | null = null;
  unreachable = false;
  chat: Chat | null = null;
  line: LineState = "off";
  sendings: Sending[] = [];
  identity: Identity = {};
  starting = false;
  refused: Refusal | null = null;
  readonly outbox: Outbox;
  readonly door: Door;
  private kept: Kept | null = null;
  private readonly wire: Line;
  private resendTimer = 0;
  private typingSentAt = 0;
  private typingTimer = 0;
  private seenNow = 0;

  constructor(
    readonly options: Options,
    private readonly memory: Memory,
    private readonly changed: (change: Change) => void,
  ) {
    this.outbox = new Outbox(memory);
    this.door = new Door(options.base, () => this.kept?.token ?? null);
    this.wire = new Line({
      address: () => this.door.socketUrl(this.chat ? resumeAfter(this.chat) : 0),
      receive: (frame) => this.receive(frame),
      changed: (state) => this.lineChanged(state),
      stillThere: () => this.stillThere(),
    });
    memory.watch((name) => this.otherTab(name));
  }

  /** Takes up a chat or a start that an earlier page left behind. */
  resume(): void {
    this.seenNow = this.memory.get<number>("seen") ?? 0;
    const kept = this.memory.get<Kept>("chat");
    if (kept?.ended_at && Date.now() - kept.ended_at > keepEndedMs) this.forget();
    else if (kept) this.take(kept);
    else if (this.memory.get<Opening>("start")) void this.open();
  }

  async load(): Promise<void> {
    try {
      this.facts = await this.door.inbox(this.options.inbox, this.options.locale);
      this.unreachable = false;
    } catch (failed) {
      if (!(failed instanceof Refusal)) throw failed;
      this.refused = failed;
      this.unreachable = true;
    }
    this.changed("view");
  }

  /** Starts a chat; what was asked for is kept first, so a reload in between asks for the very same again. */
  start(answers: Omit<Opening, "id" | "inbox" | "language">): Promise<void> {
    const opening: Opening = {
      ...answers,
      id: uuid(),
      inbox: this.options.inbox,
      language: this.options.locale,
    };
    if (this.identity.jwt) opening.identity = this.identity.jwt;
    if (this.options.agent) opening.agent = this.options.agent;
    this.memory.set("start", opening);
    return this.open();
  }

  private async open(): Promise<void> {
    const opening = this.memory.get<Opening>("start");
    if (!opening || this.starting) return;
    this.starting = true;
    this.refused = null;
    this.changed("view");
    try {
      const begun = await this.door.start(opening);
      const kept: Kept = { ...begun, started_at: Date.now(), joined: [] };
      this.memory.set("chat", kept);
      this.memory.drop("start");
      this.take(kept);
      this.changed("started");
    } catch (failed) {
      if (!(failed instanceof Refusal)) throw failed;
      if (failed.status === 401 && opening.identity) return await this.openUnsigned(opening);
      if (failed.shut) await this.load();
      // Another line than the one that was chosen may be open.
      if (!failed.shut || this.facts?.open) this.refused = failed;
      this.memory.drop("start");
    } finally {
      this.starting = false;
    }
    this.changed("view");
  }

  /** A signature that has run out must not keep anybody from writing: the chat starts without it. */
  private async openUnsigned(opening: Opening): Promise<void> {
    delete opening.identity;
    delete this.identity.jwt;
    this.memory.set("start", opening);
    this.starting = false;
    await this.open();
  }

  private take(kept: Kept): void {
    this.kept = kept;
    this.chat = newChat(kept.started_at, kept.joined);
    this.wire.open();
  }

  private receive(frame: Frame): void {
    const { chat } = this;
    if (!chat) return;
    const before = { seq: chat.last_seq, ended: chat.ended, joined: chat.joined.length };
    const known = chat.known;
    apply(chat, frame, Date.now());
    if (frame.type === "hello") this.greeted(frame);
    if (frame.type === "message") this.got(frame.message, frame.message.seq > before.seq);
    if (frame.type === "error") this.complained(frame);
    if (frame.type === "typing" && frame.on) setTimeout(() => this.changed("view"), 8_100);
    if (chat.ended && !before.ended) this.finished(known);
    if (chat.joined.length !== before.joined) this.keep();
    this.changed("view");
  }

  private greeted(hello: Extract<Frame, { type: "hello" }>): void {
    for (const message of hello.messages) this.settled(message.id);
    if (hello.more) void this.catchUp(hello.last_seq);
    this.outbox.fresh();
    this.flush();
    for (const sending of this.sendings) if (sending.refused?.status === 0) void this.upload(sending);
  }

  /** A long conversation comes in pages: the hello brings the first, the plain door the rest. */
  private async catchUp(after: number): Promise<void> {
    const { chat } = this;
    const { messages, more } = await this.door.messages(after);
    if (!chat || chat !== this.chat) return;
    for (const message of messages) apply(chat, { type: "message", message }, Date.now());
    this.changed("view");
    const last = messages.at(-1)?.seq;
    if (more && last !== undefined) await this.catchUp(last);
  }

  private got(message: Message, fresh: boolean): void {
    this.settled(message.id);
    if (fresh && message.author === "agent") this.changed({ message });
  }

  private settled(id: string): void {
    this.outbox.settle(id);
    this.sendings = this.sendings.filter((sending) => sending.id !== id);
  }

  /** A busy center is asked again by itself; what it will never take is given back to the customer. */
  private complained(frame: Extract<Frame, { type: "error" }>): void {
    const pause = frame.retry_after_s ?? null;
    if (frame.id && pause === null) this.outbox.refuse(frame.id);
    this.refused = new Refusal(pause === null ? 409 : 429, frame.code, frame.detail, pause, frame.words);
  }

  private finished(live: boolean): void {
    if (this.kept && !this.kept.ended_at) this.kept.ended_at = Date.now();
    this.keep();
    if (live) this.changed("ended");
  }

  private keep(): void {
    if (!this.kept || !this.chat) return;
    this.kept.joined = this.chat.joined;
    this.memory.set("chat", this.kept);
  }

  private lineChanged(state: LineState): void {
    this.line = state;
    this.changed("view");
  }

  private async stillThere(): Promise<boolean> {
    try {
      await this.door.messages(this.chat?.last_seq ?? 0);
      return true;
    } catch (failed) {
      if (!(failed instanceof Refusal)) throw failed;
      if (failed.passing) return true;
    }
    this.restart();
    this.refused = new Refusal(404, "gone", "");
    this.changed("view");
    return false;
  }

  /** Puts a message on its way; it is kept until the center shows it back to us. */
  say(text: string): void {
    this.refused = null;
    this.outbox.add({ id: uuid(), text, at: Date.now() });
    this.typing(false);
    this.flush();
    this.changed("view");
  }

  /** Sends everything unacknowledged, under the ids it always had; asks again until there is an answer. */
  private flush(): void {
    clearTimeout(this.resendTimer);
    if (this.line !== "on") return;
    const due = this.outbox.due();
    for (const { id, text } of due) this.wire.send({ type: "send", id, text });
    if (!due.length) return;
    this.resendTimer = window.setTimeout(() => {
      this.flush();
      this.changed("view");
    }, resendAfterMs);
  }

  retry(id: string): void {
    this.outbox.retry(id);
    const sending = this.sendings.find((each) => each.id === id);
    if (sending) void this.upload(sending);
    this.flush();
    this.changed("view");
  }

  discard(id: string): void {
    this.settled(id);
    this.changed("view");
  }

  /** Sends files; what the inbox does not take is answered with the reason, per file. */
  attach(files: readonly File[]): { file: File; why: "size" | "type" | "empty" }[] {
    const faults: { file: File; why: "size" | "type" | "empty" }[] = [];
    for (const file of files.slice(0, filesAtOnce)) {
      const why = this.facts ? fault(file, this.facts) : null;
      if (why) faults.push({ file, why });
      else {
        const sending: Sending = { id: uuid(), file, share: 0, at: Date.now(), refused: null };
        this.sendings.push(sending);
        void this.upload(sending);
      }
    }
    this.changed("view");
    return faults;
  }

  private async upload(sending: Sending): Promise<void> {
    sending.refused = null;
    try {
      await this.door.upload(sending.id, sending.file, (share) => {
        sending.share = share;
        this.changed("view");
      });
    } catch (failed) {
      if (!(failed instanceof Refusal)) throw failed;
      sending.refused = failed;
    }
    if (!sending.refused) this.sent(sending);
    this.changed("view");
  }

  /** The center has the file; its message comes over the line and takes the place of the bar. */
  private sent(sending: Sending): void {
    sending.share = 1;
    if (this.line === "on") this.settled(sending.id);
  }

  /** Tells the other side that something is being typed; call on every key. */
  typing(on: boolean): void {
    clearTimeout(this.typingTimer);
    const now = Date.now();
    if (on) this.typingTimer = window.setTimeout(() => this.typing(false), typingRestMs);
    if (on ? now - this.typingSentAt < typingAgainMs : this.typingSentAt === 0) return;
    this.typingSentAt = on ? now : 0;
    this.wire.send({ type: "typing", on });
  }

  /** How many messages of the other side nobody has looked at, in any tab. */
  unreadCount(): number {
    return this.chat ? unread(this.chat, this.seenNow).length : 0;
  }

  /** The customer sees the conversation now. */
  seen(): void {
    const last = this.chat && unread(this.chat, this.seenNow).at(-1);
    if (!last || !this.wire.send({ type: "read", message: last.id })) return;
    this.seenNow = last.seq;
    this.memory.set("seen", last.seq);
    this.changed("view");
  }

  /** Ends the chat: over the line, or by the plain door when the line is down. */
  async end(): Promise<void> {
    if (this.wire.send({ type: "end" })) return;
    await this.door.end();
    if (this.chat) this.receive({ type: "ended", by: "customer" });
  }

  async rate(score: number, comment: string): Promise<void> {
    try {
      await this.door.rate(score, comment);
    } catch (failed) {
      if (!(failed instanceof Refusal) || failed.code !== "rated") throw failed;
    }
    if (this.chat) this.chat.rated = true;
    this.changed("view");
  }

  async transcript(email: string): Promise<void> {
    await this.door.transcript(email);
  }

  /** Becomes known by name, in a chat that goes on or in the next one. */
  async identify(identity: Identity): Promise<void> {
    this.identity = identity;
    this.changed("view");
    if (!identity.jwt || !this.chat || this.chat.ended) return;
    try {
      await this.door.identify(identity.jwt);
    } catch (failed) {
      if (!(failed instanceof Refusal)) throw failed;
      this.refused = failed;
      this.changed("view");
    }
  }

  async leave(note: Omit<OfflineNote, "inbox" | "language">): Promise<void> {
    await this.door.offline({ ...note, inbox: this.options.inbox, language: this.options.locale });
    if (this.chat && !this.chat.ended) await this.end();
  }

  /** Lets go of the chat; the next one starts from nothing. */
  restart(): void {
    this.wire.close();
    this.forget();
    this.changed("view");
    void this.load();
  }

  private forget(): void {
    this.outbox.clear();
    for (const name of ["chat", "start", "seen"]) this.memory.drop(name);
    this.kept = null;
    this.chat = null;
    this.sendings = [];
    this.seenNow = 0;
    this.refused = null;
  }

  private otherTab(name: string): void {
    if (name === "seen") this.seenNow = this.memory.get<number>("seen") ?? 0;
    if (name === "chat" || name === "") {
      const kept = this.memory.get<Kept>("chat");
      if (kept && kept.token !== this.kept?.token) {
        if (this.kept) this.wire.close();
        this.seenNow = this.memory.get<number>("seen") ?? 0;
        this.take(kept);
      } else if (!kept && this.kept) {
        this.wire.close();
        this.forget();
      }
    }
    this.changed("view");
  }
}
