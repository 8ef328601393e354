/** Writing e-mail to the sample shop, and the answers that come back to an invented address. */
import { api, Problem } from "../api";

export interface Letter {
  readonly at: number;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly message_id: string;
}

const storageKey = "warmline.demo.address";
const every_ms = 5000;

/** An address that is this browser's own, so that answers to others do not appear here. */
function ownAddress(): string {
  const fresh = `visitor.${Math.random().toString(36).slice(2, 8)}@mail.example`;
  try {
    const kept = localStorage.getItem(storageKey);
    if (kept !== null) return kept;
    localStorage.setItem(storageKey, fresh);
  } catch {
    // Then the address lasts as long as the page.
  }
  return fresh;
}

export class Mailing {
  address = $state(ownAddress());
  #letters = $state.raw<readonly Letter[]>([]);

  get letters(): readonly Letter[] {
    return this.#letters;
  }

  /** Throws the `Problem` with which the center refuses it. */
  async send(mail: { name: string; to: string; subject: string; text: string }): Promise<void> {
    await api.post("/demo/mail", { ...mail, address: this.address.trim() });
  }

  /** Looks for answers while the page stands; the result stops it. */
  watch(): () => void {
    void this.#look();
    const timer = setInterval(() => {
      if (!document.hidden) void this.#look();
    }, every_ms);
    return () => {
      clearInterval(timer);
    };
  }

  async #look(): Promise<void> {
    try {
      this.#letters = (await api.get<{ letters: Letter[] }>("/demo/mail", { query: { address: this.address.trim() } })).letters;
    } catch (problem) {
      // The center is away for a moment: what came before stays, the next look is soon.
      if (!(problem instanceof Problem)) throw problem;
    }
  }
}
