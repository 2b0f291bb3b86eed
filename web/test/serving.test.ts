import { expect, it, vi } from "vitest";
import { usable } from "../wall/charts/language";

/** The module as a page loads it that carries these. */
async function servedWith(prefix: string, session: string) {
  const content: Record<string, string> = { 'meta[name="pantau-prefix"]': prefix, 'meta[name="pantau-session"]': session };
  vi.stubGlobal("document", { querySelector: (selector: string) => ({ content: content[selector] }) });
  vi.resetModules();
  return import("../shared/serving");
}

it("puts the prefix before every path, and sends no header without a session", async () => {
  const atRoot = await servedWith("", "");
  expect(atRoot.address("/v1/status")).toBe("/v1/status");
  expect(atRoot.sessionHeaders()).toEqual({});
  const under = await servedWith("/pantau", "1.a");
  expect(under.address("/v1/status")).toBe("/pantau/v1/status");
  expect(under.sessionHeaders()).toEqual({ "X-Pantau-Session": "1.a" });
});

it("takes the session of a page that was fetched again, where there is one", async () => {
  const page = await servedWith("/pantau", "1.a");
  page.takeSession('<meta name="pantau-prefix" content="/pantau" /><meta name="pantau-session" content="2.b" />');
  expect(page.serving()).toEqual({ prefix: "/pantau", session: "2.b" });
  page.takeSession('<meta name="pantau-session" content="" />');
  page.takeSession("<h1>503</h1>");
  expect(page.serving().session).toBe("2.b");
});

it("knows which languages Intl takes", () => {
  for (const language of ["id-ID", "en-US", "id", undefined]) expect(usable(language)).toBe(true);
  for (const language of ["en-US@posix", "", "en_US.UTF-8", "C@x"]) expect(usable(language)).toBe(false);
});
