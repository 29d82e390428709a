import { defineConfig, type Plugin } from "vite";

/**
 * htmx runs with evaluation switched off and the pages' security policy forbids it. Its one direct `eval` would still
 * keep the whole bundle from being shortened, so the build takes it out and fails when the library's text has changed.
 */
function withoutEval(): Plugin {
  const text = "return eval(str)";
  return {
    name: "without-eval",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("htmx.esm.js")) {
        return null;
      }
      if (code.split(text).length !== 2) {
        throw new Error(`htmx no longer holds "${text}" exactly once; look at vite.config.ts`);
      }
      return { code: code.replace(text, "return undefined"), map: null };
    },
  };
}

export default defineConfig({
  // Addresses inside the built files are relative, so that the static prefix is Django's choice alone.
  base: "./",
  publicDir: false,
  plugins: [withoutEval()],
  css: {
    preprocessorOptions: {
      scss: {
        quietDeps: true,
        // Bootstrap 5.3 is written in the older Sass dialect.
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      },
    },
  },
  build: {
    target: ["chrome87", "safari13"],
    cssTarget: ["chrome87", "safari13"],
    outDir: "dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    // A data: address in a style sheet cannot be cached by itself, and icons are addressed by fragment.
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    rolldownOptions: {
      input: {
        candidate: "src/candidate.ts",
        staff: "src/staff.ts",
      },
    },
  },
});
