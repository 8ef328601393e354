/** The lint rules: typescript-eslint strict and Svelte's recommended set, each exception with its reason. */
import svelte from "eslint-plugin-svelte";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default defineConfig(
  { ignores: ["dist/", "node_modules/", "public/"] },
  ts.configs.strict,
  svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig },
    },
  },
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      // The type checker already knows unused names, also in Svelte templates.
      "@typescript-eslint/no-unused-vars": "off",
      // Snippet parameters and optional events are often deliberately empty.
      "@typescript-eslint/no-empty-function": "off",
      // Our router is not SvelteKit's, so there is no resolve() for links.
      "svelte/no-navigation-without-resolve": "off",
      // {" "} keeps a space that Svelte would trim, {'…'} holds line breaks.
      "svelte/no-useless-mustaches": "off",
    },
  },
);
