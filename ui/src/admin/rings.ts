/** The rings of a queue: how a new one begins. */
import type { Ring } from "./types";

/** One more ring after `last`: the same people, to be widened, 20 s later. It shares nothing with the one before. */
export function wider(last: Ring | undefined): Ring {
  const begun: Ring = { needs: [], any_of: [], agents: [], language_level: 1, after_ms: 0 };
  return { ...structuredClone(last ?? begun), after_ms: 20_000 };
}
