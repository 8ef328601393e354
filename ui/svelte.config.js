/** Svelte's own settings: runes everywhere in our own code. */
export default {
  compilerOptions: { runes: ({ filename }) => (filename.includes("node_modules") ? undefined : true) },
};
