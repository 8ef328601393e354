/** Which customers this reader sees changes by reveals and by time: whoever shows one listens here and asks again. */

type Listener = (customer: string) => void;

class Openness {
  readonly #listeners = new Set<Listener>();

  /** A customer was revealed, or the time in which they could be read is over. */
  changed(customer: string): void {
    for (const hear of this.#listeners) hear(customer);
  }

  /** Calls `hear` at each change until the result is called. */
  listen(hear: Listener): () => void {
    this.#listeners.add(hear);
    return () => { this.#listeners.delete(hear); };
  }
}

export const openness = new Openness();
