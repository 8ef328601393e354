/** Everything that is configured, loaded once and again after each change; the doors through which it is written. */
import { api, Problem } from "../api";
import { session } from "../session.svelte";
import type { Agent, AuditPage, Config, KeptMailbox, Mailbox, Outbox, Person, Reply, User } from "./types";

/** The words of the configuration's address: /config/{kind}/{id}. */
export type ConfigKind = "skill" | "queue" | "agent" | "team" | "calendar" | "inbox" | "disposition" | "reason" | "segment";

export class Catalogue {
  #config = $state.raw<Config | null>(null);
  #users = $state.raw<readonly User[]>([]);
  #replies = $state.raw<readonly Reply[]>([]);
  #mailboxes = $state.raw<readonly KeptMailbox[]>([]);
  #outbox = $state.raw<Outbox | null>(null);
  #problem = $state.raw<Problem | null>(null);

  get config(): Config | null {
    return this.#config;
  }
  get users(): readonly User[] {
    return this.#users;
  }
  get replies(): readonly Reply[] {
    return this.#replies;
  }
  get mailboxes(): readonly KeptMailbox[] {
    return this.#mailboxes;
  }
  /** What waits to leave by e-mail; null in a center without e-mail. */
  get outbox(): Outbox | null {
    return this.#outbox;
  }
  /** Why nothing could be loaded. */
  get problem(): Problem | null {
    return this.#problem;
  }

  async load(): Promise<void> {
    const whole = session.may(["administrator"]);
    try {
      const [config, users, replies, mailboxes, outbox] = await Promise.all([
        api.get<Config>("/config"),
        whole ? api.get<{ users: User[] }>("/users") : { users: [] },
        api.get<{ replies: Reply[] }>("/canned"),
        whole ? absent(api.get<KeptMailbox[]>("/mailboxes")) : null,
        whole ? absent(api.get<Outbox>("/mail/outbox")) : null,
      ]);
      this.#config = config;
      this.#users = users.users;
      this.#replies = replies.replies;
      this.#mailboxes = mailboxes ?? [];
      this.#outbox = outbox;
      this.#problem = null;
    } catch (fault) {
      if (!(fault instanceof Problem)) throw fault;
      this.#problem = fault;
    }
  }

  userName(id: string | null): string | null {
    return this.#users.find((user) => user.id === id)?.name ?? null;
  }

  agentName(id: string): string {
    return this.#config?.agents.find((agent) => agent.id === id)?.name ?? id;
  }

  /** Creates or changes a setting; answers its id. */
  async define(kind: ConfigKind, id: string, spec: object): Promise<string> {
    await api.put(`/config/${kind}/${encodeURIComponent(id)}`, { ...spec, id });
    await this.load();
    return id;
  }

  async remove(path: string, id: string): Promise<void> {
    await api.delete(`${path}/${encodeURIComponent(id)}`);
    await this.load();
  }

  /** The user first, then the agent's team, skills and capacity, for the center knows the agent only then. */
  async keepPerson(person: Person, isNew: boolean, agentChanged: boolean): Promise<string> {
    const { id, ...user } = person.user;
    const body = { ...user, email: user.email === "" ? null : user.email, ...(person.password === "" ? {} : { password: person.password }) };
    const kept = isNew ? await api.post<User>("/users", body) : await api.put<User>(`/users/${encodeURIComponent(id)}`, body);
    try {
      if (kept.agent !== null && agentChanged) {
        const spec: Agent = { ...person.agent, id: kept.agent };
        await api.put(`/config/agent/${encodeURIComponent(kept.agent)}`, spec);
      }
    } finally {
      await this.load();
    }
    return kept.id;
  }

  async keepReply(reply: Reply, isNew: boolean): Promise<string> {
    const { shortcut, title, text, language, queues } = reply;
    const body = { shortcut, title, text, language, queues };
    const kept = isNew ? await api.post<Reply>("/canned", body) : await api.put<Reply>(`/canned/${encodeURIComponent(reply.id)}`, body);
    await this.load();
    return kept.id;
  }

  async keepMailbox(mailbox: Mailbox, isNew: boolean): Promise<string> {
    const { id, imap, ...rest } = mailbox;
    const { password_set: _, password, ...server } = imap ?? { password: "" };
    const body = { ...rest, imap: imap === null ? null : { ...server, ...(password === undefined || password === "" ? {} : { password }) } };
    const kept = isNew ? await api.post<KeptMailbox>("/mailboxes", body) : await api.put<KeptMailbox>(`/mailboxes/${encodeURIComponent(id)}`, body);
    await this.load();
    return kept.id;
  }

  /** Tries a mail that waits or failed once more. */
  async retryMail(id: string): Promise<void> {
    await api.post(`/mail/outbox/${encodeURIComponent(id)}/retry`);
    await this.load();
  }

  /** The changes of one thing, the newest first. */
  async history(kind: string | null, item: string): Promise<AuditPage> {
    return await api.get<AuditPage>("/audit", { query: { kind, item, limit: 20 } });
  }
}

/** The answer, or null when the center has no such door: one without e-mail has no mailboxes. */
async function absent<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (fault) {
    if (fault instanceof Problem && fault.status === 404) return null;
    throw fault;
  }
}

export const catalogue = new Catalogue();
