/** How the interface is built: one page, lazily loaded screens, hashed assets, and a proxy to the center while developing. */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const center = "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  plugins: [svelte()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: center },
      "/ws": { target: center, ws: true },
    },
  },
});
