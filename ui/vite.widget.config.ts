/** How the widgets are built and tested: each one classic script, dist/widget.js and dist/widget-call.js, that fails the build when it grows too heavy. */
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The chat by itself; the call is asked for by its own environment variable. */
const widget = process.env["WARMLINE_WIDGET"] === "call"
  ? { entry: "widget/call/main.ts", name: "warmlineCallWidget", file: "widget-call.js", limitBytes: 18_000 }
  : { entry: "widget/src/main.ts", name: "warmlineWidget", file: "widget.js", limitBytes: 25_000 };
const { limitBytes } = widget;

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
    lib: { entry: widget.entry, formats: ["iife"], name: widget.name, fileName: () => widget.file },
  },
  test: { environment: "happy-dom", include: ["widget/tests/**/*.test.ts"] },
});
