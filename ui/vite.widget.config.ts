/** How the chat widget is built and tested: one classic script, dist/widget.js, that fails the build when it grows too heavy. */
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const limitBytes = 25_000;

const weighed: Plugin = {
  name: "widget-weight",
  generateBundle(_, bundle) {
    for (const part of Object.values(bundle)) {
      if (part.type !== "chunk") continue;
      // The mark makes a browser read it as UTF-8, even on a page in another encoding.
      part.code = `\uFEFF${part.code}`;
      const bytes = gzipSync(part.code, { level: 9 }).length;
      this.info(`${part.fileName}: ${bytes} bytes gzipped of ${limitBytes} allowed`);
      if (bytes > limitBytes) this.error(`${part.fileName} is ${bytes} bytes gzipped, at most ${limitBytes} are allowed`);
    }
  },
};

export default defineConfig({
  publicDir: false,
  plugins: [weighed],
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
    lib: { entry: "widget/src/main.ts", formats: ["iife"], name: "warmlineWidget", fileName: () => "widget.js" },
  },
  test: { environment: "happy-dom", include: ["widget/tests/**/*.test.ts"] },
});
