import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./", // services/api/http/pages.py puts the server's own path before it
  plugins: [svelte({ configFile: false })],
  build: {
    target: "chrome94", // LG webOS 23 and Samsung Tizen 7
    assetsInlineLimit: 0, // the page's policy allows no data: addresses
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: "index.html", akun: "akun.html" } },
  },
  worker: { format: "es" },
  test: { include: ["test/**/*.test.ts"], css: true },
});
