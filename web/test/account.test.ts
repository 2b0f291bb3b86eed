import { describe, expect, it } from "vitest";
import css from "../account/page.css?raw";
import { coloursOf, contrast } from "./colours";
import { accountOf, endpoint, monthsUntil, periodOf, queryOf, safeLink } from "../account/address";
import { limit, percentOf, pointsExactly } from "../account/words";

describe("the address", () => {
  it("names the account, slashes and all", () => {
    expect(accountOf("/akun/dinkes")).toBe("dinkes");
    expect(accountOf("/akun/dinas%2Fkesehatan%20%3F")).toBe("dinas/kesehatan ?");
    expect(accountOf("/akun/")).toBeNull();
    expect(accountOf("/akun/%E0%A4%A")).toBeNull();
  });

  it("may stand under a prefix, or be reached without it", () => {
    expect(accountOf("/pantau/akun/dinkes", "/pantau")).toBe("dinkes");
    expect(accountOf("/akun/dinkes", "/pantau")).toBe("dinkes");
    expect(accountOf("/akun/akun/dinkes", "/akun")).toBe("dinkes");
  });

  it("names the period, the last 24 hours where it names none that there is", () => {
    expect(periodOf("")).toEqual({ window: "24h", at: null });
    expect(periodOf("?jendela=30d")).toEqual({ window: "30d", at: null });
    expect(periodOf("?jendela=2h&bulan=2026-13")).toEqual({ window: "24h", at: null });
    expect(periodOf("?bulan=2026-11")).toEqual({ month: "2026-11" });
  });

  it("leads there and back", () => {
    for (const period of [{ month: "2020-07" }, { window: "7d", at: null }, { window: "1h", at: "2026-11-21T12:00:00+07:00" }] as const) {
      expect(periodOf(queryOf(period))).toEqual(period);
    }
  });

  it("asks the API for the account as one part of the path", () => {
    expect(endpoint("a/b ?", "explain", { month: "2026-11" })).toBe("/v1/accounts/a%2Fb%20%3F/explain?month=2026-11");
    expect(endpoint("a", "metrics", { window: "24h", at: "2026-11-21T12:00:00+07:00" })).toBe(
      "/v1/accounts/a/metrics?window=24h&at=2026-11-21T12%3A00%3A00%2B07%3A00",
    );
  });

  it("lists months backwards over a year", () => {
    expect(monthsUntil("2026-02", 3)).toEqual(["2026-02", "2026-01", "2025-12"]);
  });
});

describe("links", () => {
  it("are opened only where they are pages", () => {
    expect(safeLink("https://www.instagram.com/p/1/")).toBe("https://www.instagram.com/p/1/");
    for (const address of ["javascript:alert(1)", "data:text/html,x", " JaVaScript:alert(1)", "tidak", "", null]) {
      expect(safeLink(address)).toBeNull();
    }
  });
});

describe("figures", () => {
  it("are written as id-ID writes them", () => {
    expect(pointsExactly(33.61)).toBe("33,6100");
    expect(percentOf(0.0139)).toBe("1,39%");
    expect([0, 23, 12.5, 12345.6].map(limit)).toEqual(["0", "23", "12,5", "12.346"]);
  });
});

describe("colours", () => {
  const colours = coloursOf(css);

  it.each(["text", "soft", "link"])("%s is read on every ground (AA)", (name) => {
    for (const ground of ["ground", "panel"]) expect(contrast(colours[name], colours[ground])).toBeGreaterThanOrEqual(4.5);
  });

  it("amber is read on its ground, white on the chosen period", () => {
    expect(contrast(colours.amber, colours.amberground)).toBeGreaterThanOrEqual(4.5);
    expect(contrast("#ffffff", colours.link)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["comments", "likes", "posts", "views", "positive", "neutral", "negative"])("%s stands out as a bar (3:1)", (name) => {
    expect(contrast(colours[name], colours.panel)).toBeGreaterThanOrEqual(3);
    if (!["positive", "neutral", "negative"].includes(name)) expect(contrast(colours[name], colours.track)).toBeGreaterThanOrEqual(3);
  });
});
