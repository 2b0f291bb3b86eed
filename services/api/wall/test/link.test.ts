import { expect, it } from "vitest";
import { linkOf } from "../src/core/link";

const now = 1_000_000;
const good = { now, heardAt: now - 1000, failing: false, newestEventAt: now - 4000 };

it("is live while the data is younger than a minute", () => {
  expect(linkOf(good)).toBe("langsung");
  expect(linkOf({ ...good, newestEventAt: now - 60_000 })).toBe("langsung");
  expect(linkOf({ ...good, newestEventAt: now - 60_001 })).toBe("tertunda");
});

it("waits for a first contact, then for first data", () => {
  expect(linkOf({ ...good, heardAt: null })).toBe("menyambung");
  expect(linkOf({ ...good, newestEventAt: null })).toBe("menunggu");
});

it("is cut off when the server is silent, sooner when requests fail", () => {
  expect(linkOf({ ...good, heardAt: now - 13_000 })).toBe("terputus");
  expect(linkOf({ ...good, heardAt: now - 5000 })).toBe("langsung");
  expect(linkOf({ ...good, heardAt: now - 5000, failing: true })).toBe("terputus");
  expect(linkOf({ ...good, failing: true })).toBe("langsung");
});
