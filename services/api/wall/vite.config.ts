import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "/wall/",
  plugins: [svelte({ configFile: false })],
  build: {
    assetsInlineLimit: 0, // the page's policy allows no data: addresses
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: "index.html", akun: "akun.html" } },
  },
  test: { include: ["test/**/*.test.ts"], css: true },
});
