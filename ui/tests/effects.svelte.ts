/** An effect outside of a component, for tests of things that components read. */

/** Runs `run` again whenever what it read changes, until the result is called. */
export function effect(run: () => void): () => void {
  return $effect.root(() => {
    $effect(run);
  });
}
