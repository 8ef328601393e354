/** Who is signed in on this page. */
import { api, Problem } from "./api";
import { clock } from "./clock.svelte";
import { useZone } from "./i18n/format";
import { locale } from "./i18n/locale.svelte";

export type Role = "agent" | "supervisor" | "administrator";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly login: string;
  readonly roles: readonly Role[];
  /** The agent that this user is; null for people who answer nobody. */
  readonly agent: string | null;
  readonly locale: string | null;
  /** What a supervisor is limited to; nothing named is everybody. */
  readonly teams?: readonly string[];
  readonly queues?: readonly string[];
}

interface SessionAnswer {
  readonly user: User;
  readonly demo: boolean;
  readonly site?: string;
  /** The center's time zone. */
  readonly zone?: string;
  readonly now?: number;
}

class Session {
  #user = $state.raw<User | null>(null);
  #demo = $state(false);

  get user(): User | null {
    return this.#user;
  }

  /** Whether the center is a demonstration; then the shell wears the tag. */
  get demo(): boolean {
    return this.#demo;
  }

  may(roles: readonly Role[] | undefined): boolean {
    return roles === undefined || roles.some((role) => this.#user?.roles.includes(role) === true);
  }

  /** Asks the center who we are. False when nobody is signed in; other problems are thrown. */
  async load(): Promise<boolean> {
    try {
      this.take(await api.get<SessionAnswer>("/session"));
      return true;
    } catch (fault) {
      if (fault instanceof Problem && fault.status === 401) return false;
      throw fault;
    }
  }

  async signIn(login: string, password: string): Promise<void> {
    this.take(await api.post<SessionAnswer>("/session", { login, password }));
  }

  /** The first administrator of an empty center, with the key of the link that the center printed. */
  async createFirst(token: string, name: string, login: string, password: string): Promise<void> {
    const answer = await api.post<SessionAnswer | undefined>("/first-admin", { token, name, login, password });
    if (answer?.user !== undefined) this.take(answer);
    else await this.signIn(login, password);
  }

  async signOut(): Promise<void> {
    await api.delete("/session");
    this.forget();
  }

  forget(): void {
    this.#user = null;
  }

  take(answer: SessionAnswer): void {
    this.#user = answer.user;
    this.#demo = answer.demo;
    if (answer.zone !== undefined) useZone(answer.zone);
    if (answer.now !== undefined) clock.set(answer.now);
    locale.suggest(answer.user.locale);
  }
}

export const session = new Session();
