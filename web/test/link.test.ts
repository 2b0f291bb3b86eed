import { describe, expect, it } from "vitest";
import { Leap } from "../shared/leap";
import { behindOf, doubted, doubtedHeard, linkNote, linkOf, type Answer, type Contact, type Link } from "../wall/core/link";

const HOUR = 3_600_000;
const now = Date.parse("2026-11-26T05:00:00Z"); // 12.00 WIB
const monotonic = 500_000;
const fresh: Answer = { at: now - 3000, goodUntil: monotonic + 1, staleSince: null };
const good: Contact = {
  now,
  monotonic,
  heard: { at: now - 1000, monotonic: monotonic - 1000 },
  failing: false,
  newestReceivedAt: now - 4000,
  newestScoreAt: now - 30_000,
  behind: null,
  shown: [fresh, fresh],
  archive: null,
  empty: false,
};
const heardBefore = (milliseconds: number) => ({ at: now - milliseconds, monotonic: monotonic - milliseconds });
const expired: Answer = { ...fresh, at: now - 50_000, goodUntil: monotonic - 1 };
const nameOf = (changes: Partial<Contact>) => linkOf({ ...good, ...changes }).name;

describe("live", () => {
  it("is said while all that is shown is of now", () => {
    expect(linkOf(good)).toEqual({ name: "langsung", newest: now - 4000 });
    expect(nameOf({ newestReceivedAt: now - 60_000 })).toBe("langsung");
    expect(nameOf({ newestScoreAt: now - 120_000 })).toBe("langsung");
    expect(nameOf({ shown: [{ ...fresh, goodUntil: monotonic }] })).toBe("langsung");
    expect(nameOf({ newestReceivedAt: now + 2000 })).toBe("langsung"); // the clocks of two servers differ a little
  });

  it.each<[string, Partial<Contact>, Link]>([
    ["no arrival for a minute", { newestReceivedAt: now - 60_001 }, { name: "tertunda", what: "data", since: now - 60_001 }],
    ["scoring stands still", { newestScoreAt: now - 120_001 }, { name: "tertunda", what: "skor", since: now - 120_001 }],
    [
      "comments wait behind the model",
      { behind: { commentsAlone: true, since: now - 45_000 } },
      { name: "tertunda", what: "komentar tertahan", since: now - 45_000 },
    ],
    [
      "posts wait, with comments or alone",
      { behind: { commentsAlone: false, since: now - 45_000 } },
      { name: "tertunda", what: "data tertahan", since: now - 45_000 },
    ],
    ["one answer of many is old", { shown: [fresh, expired, fresh] }, { name: "tertunda", what: "angka", since: expired.at }],
    [
      "the server answers from memory",
      { shown: [fresh, { ...fresh, staleSince: now - 90_000 }] },
      { name: "tertunda", what: "angka", since: now - 90_000 },
    ],
    ["a month that is over is shown", { archive: now - 99 * HOUR }, { name: "tertunda", what: "data", since: now - 99 * HOUR }],
  ])("is not said when %s", (_, changes, link) => {
    expect(linkOf({ ...good, ...changes })).toEqual(link);
  });

  it("is not said of what waits before anything was stored", () => {
    const behind = { commentsAlone: false, since: now - 45_000 };
    expect(linkOf({ ...good, newestReceivedAt: null, newestScoreAt: null, behind })).toMatchObject({ name: "tertunda" });
  });

  it("depends on which flow the server holds", () => {
    expect(behindOf(null)).toBeNull();
    expect(behindOf({ behind: [], behind_since: null })).toBeNull();
    expect(behindOf({ behind: ["comments"], behind_since: now })).toEqual({ commentsAlone: true, since: now });
    expect(behindOf({ behind: ["posts"], behind_since: now })).toEqual({ commentsAlone: false, since: now });
    expect(behindOf({ behind: ["comments", "posts"], behind_since: now })).toEqual({ commentsAlone: false, since: now });
  });

  it("gives way to the oldest of several delays", () => {
    const both = { shown: [expired, { ...fresh, staleSince: now - 70_000 }], newestReceivedAt: now - 61_000 };
    expect(linkOf({ ...good, ...both })).toEqual({ name: "tertunda", what: "angka", since: now - 70_000 });
    const held = { behind: { commentsAlone: true, since: now - 80_000 } };
    expect(linkOf({ ...good, ...both, ...held })).toMatchObject({ what: "komentar tertahan", since: now - 80_000 });
    expect(linkOf({ ...good, ...both, newestScoreAt: now - HOUR })).toMatchObject({ what: "skor", since: now - HOUR });
  });
});

describe("the first contact", () => {
  it("comes before first data, and that before the first score", () => {
    expect(nameOf({ heard: null })).toBe("menyambung");
    expect(nameOf({ newestReceivedAt: undefined })).toBe("menyambung");
    expect(linkOf({ ...good, newestReceivedAt: null })).toEqual({ name: "menunggu", what: "data" });
    expect(linkOf({ ...good, newestScoreAt: null })).toEqual({ name: "menunggu", what: "skor" });
    expect(linkOf({ ...good, empty: true })).toEqual({ name: "menunggu", what: "skor" });
  });

  it("does not wait for data while the answer that would tell is old", () => {
    expect(nameOf({ newestReceivedAt: null, shown: [expired] })).toBe("tertunda");
    expect(nameOf({ newestReceivedAt: undefined, shown: [expired] })).toBe("tertunda");
    expect(nameOf({ newestReceivedAt: null, newestScoreAt: now - HOUR })).toBe("menunggu");
  });
});

describe("cut off", () => {
  it("is said when the server is silent, sooner when requests find nobody", () => {
    expect(linkOf({ ...good, heard: heardBefore(13_000) })).toEqual({ name: "terputus", since: now - 13_000 });
    expect(nameOf({ heard: heardBefore(12_000) })).toBe("langsung");
    expect(nameOf({ heard: heardBefore(5000) })).toBe("langsung");
    expect(nameOf({ heard: heardBefore(5000), failing: true })).toBe("terputus");
    expect(nameOf({ failing: true })).toBe("langsung");
  });

  it("says of when the oldest figure on the page is, not when the server was heard last", () => {
    const silent = { heard: heardBefore(13_000) };
    expect(linkOf({ ...good, ...silent, shown: [fresh, expired] })).toEqual({ name: "terputus", since: expired.at });
    const remembered = { ...fresh, staleSince: now - HOUR };
    expect(linkOf({ ...good, ...silent, shown: [remembered, fresh] })).toEqual({ name: "terputus", since: now - HOUR });
  });

  it("outweighs every delay", () => {
    expect(nameOf({ heard: heardBefore(13_000), shown: [expired], newestReceivedAt: null })).toBe("terputus");
  });
});

describe("sleep", () => {
  it("is seen by the wall clock that ran ahead of the monotonic one", () => {
    const leap = new Leap();
    expect(leap.seen(0, 1_000_000)).toBe(false);
    expect(leap.seen(250, 1_000_260)).toBe(false);
    expect(leap.seen(60_000, 1_060_010)).toBe(false); // a throttled timer is no sleep
    expect(leap.seen(60_250, 1_060_260 + 3 * HOUR)).toBe(true);
    expect(leap.seen(60_500, 1_060_510 + 3 * HOUR)).toBe(false);
    expect(leap.seen(60_750, 1_060_760)).toBe(false); // set back
    expect(leap.seen(61_000, 1_061_010)).toBe(false);
  });

  it("leaves an answer and the contact only the time to ask again", () => {
    const later = (milliseconds: number): Partial<Contact> => ({
      monotonic: monotonic + milliseconds,
      heard: doubtedHeard(good.heard!, monotonic),
      shown: [doubted({ ...fresh, goodUntil: monotonic + 30_000 }, monotonic)],
    });
    expect(nameOf(later(1500))).toBe("langsung");
    expect(nameOf(later(1501))).toBe("terputus");
    expect(nameOf({ ...later(1501), heard: { at: now, monotonic: monotonic + 1500 } })).toBe("tertunda");
  });

  it("makes nothing younger", () => {
    expect(doubted(expired, monotonic)).toEqual(expired);
    const silent = heardBefore(HOUR);
    expect(doubtedHeard(silent, monotonic)).toEqual(silent);
  });
});

it("says each state in a few words", () => {
  const notes = (links: Link[]) => links.map((link) => linkNote(link, now));
  expect(
    notes([
      { name: "menyambung" },
      { name: "menunggu", what: "data" },
      { name: "menunggu", what: "skor" },
      { name: "langsung", newest: now - 4000 },
      { name: "langsung", newest: now + 4000 },
      { name: "tertunda", what: "angka", since: now - 5 * 60_000 },
      { name: "tertunda", what: "skor", since: now - 48 * HOUR },
      { name: "terputus", since: now - 13_000 },
      { name: "terputus", since: now - 24 * HOUR },
    ]),
  ).toEqual([
    "menghubungi server",
    "belum ada data",
    "belum ada skor",
    "data 4 dtk lalu",
    "data 0 dtk lalu",
    "angka sejak 11.55 WIB",
    "skor sejak 24 Nov 2026",
    "angka pukul 11.59.47",
    "angka 25 Nov 2026",
  ]);
  expect(linkNote({ name: "tertunda", what: "skor", since: now - 48 * HOUR }, now, true)).toBe("sejak 24 Nov 2026");
});
