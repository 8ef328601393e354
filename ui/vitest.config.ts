/** How the interface is tested: in a small DOM, with Svelte's browser build (the server build has no effects). */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ["browser"] },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts", "src/**/*.test.ts"],
    // A DOM and all modules anew for each file would take twice as long as the tests themselves.
    isolate: false,
    pool: "threads",
  },
});
