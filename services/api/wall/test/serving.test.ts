import { expect, it } from "vitest";
import { usable } from "../src/charts/language";
import { address, serveFrom, serving, sessionHeaders, takeSession } from "../src/api/serving";

it("puts the prefix before every path, and sends no header without a session", () => {
  expect(address("/v1/status")).toBe("/v1/status");
  expect(sessionHeaders()).toEqual({});
  serveFrom({ prefix: "/pantau", session: "1.a" });
  expect(address("/v1/status")).toBe("/pantau/v1/status");
  expect(sessionHeaders()).toEqual({ "X-Pantau-Session": "1.a" });
});

it("takes the session of a page that was fetched again, where there is one", () => {
  serveFrom({ prefix: "/pantau", session: "1.a" });
  takeSession('<meta name="pantau-prefix" content="/pantau" /><meta name="pantau-session" content="2.b" />');
  expect(serving()).toEqual({ prefix: "/pantau", session: "2.b" });
  takeSession('<meta name="pantau-session" content="" />');
  takeSession("<h1>503</h1>");
  expect(serving().session).toBe("2.b");
});

it("knows which languages Intl takes", () => {
  for (const language of ["id-ID", "en-US", "id", undefined]) expect(usable(language)).toBe(true);
  for (const language of ["en-US@posix", "", "en_US.UTF-8", "C@x"]) expect(usable(language)).toBe(false);
});
