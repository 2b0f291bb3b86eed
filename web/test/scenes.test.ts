import { describe, expect, it } from "vitest";
import { layoutFor } from "../wall/core/layout";
import { movement, rankedScores, scored, spanWords } from "../wall/core/ranking";
import { readSettings } from "../shared/settings";
import { announcedAfter, nextSlide, playList, type Known } from "../wall/core/slides";
import { spotlightOf } from "../wall/core/spotlight";
import { pulse, score, scores, unscored } from "./answers";

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => score(`a${n}`, { rank: n + 1, rank_before: n + 1 }));
const busy = pulse([{ positive: 3, neutral: 1, negative: 0 }]);
const nothing: Known = { ranked: null, month: null, pulse: null, spotlight: null };
const wide = layoutFor(1920, 1080, 1);

describe("the play list", () => {
  it("pages the ranking and skips scenes with nothing to say", () => {
    const slides = playList({ ...nothing, ranked: scores([...rows(23), unscored("z")]) }, wide, null);
    expect(slides.map((slide) => slide.title)).toEqual([
      "Peringkat 1–10 dari 23",
      "Peringkat 11–20 dari 23",
      "Peringkat 21–23 dari 23",
    ]);
    expect(playList({ ...nothing, ranked: scores([unscored("a")]), pulse: pulse([]) }, wide, null)).toEqual([]);
  });

  it("plays every scene that speaks, or the pinned one", () => {
    const known = { ...nothing, ranked: scores(rows(3)), month: scores(rows(3), { month: "2026-11" }), pulse: busy };
    expect(playList(known, wide, null).map((slide) => slide.scene)).toEqual(["peringkat", "denyut", "bulan"]);
    expect(playList(known, wide, "denyut").map((slide) => slide.key)).toEqual(["denyut-1"]);
    expect(playList(known, wide, "disorot")).toHaveLength(3); // pinned, but silent: better something than nothing
  });

  it("splits a scene on a wall too narrow for one page", () => {
    const narrow = layoutFor(1920, 1080, 2);
    expect(playList({ ...nothing, pulse: busy }, narrow, null).map((slide) => slide.key)).toEqual(["denyut-1", "denyut-2"]);
  });

  it("goes round, and on from where a scene vanished", () => {
    const slides = playList({ ...nothing, ranked: scores(rows(23)), pulse: busy }, wide, null);
    expect(nextSlide(slides, "denyut-1", 3)?.key).toBe("peringkat-1");
    expect(nextSlide(slides, "gone", 2)?.key).toBe("peringkat-3");
    expect(nextSlide([], "x", 0)).toBeNull();
  });

  it("announces only the place while the scene stays", () => {
    const [first, second, third] = playList({ ...nothing, ranked: scores(rows(12)), pulse: busy }, wide, null);
    expect(announcedAfter(second!, first!)).toBe("11–12");
    expect(announcedAfter(third!, second!)).toBe("Denyut");
  });
});

describe("the ranking", () => {
  it("falls back to the month of the newest data", () => {
    const live = scores([unscored("a")]);
    const archive = scores(rows(2), { window: null, month: "2020-07", status: "past" });
    expect(rankedScores(live, archive)).toBe(archive);
    expect(rankedScores(scores(rows(1)), archive)?.month).toBeNull();
    expect(rankedScores(live, null)).toBeNull();
    expect(spanWords(archive)).toBe("Juli 2020 · data arsip");
    expect(spanWords(archive, true)).toBe("Jul 2020 · data arsip");
    expect(spanWords({ ...archive, status: "provisional" })).toBe("Juli 2020 · sementara");
    expect(spanWords({ ...archive, status: "official" })).toBe("Juli 2020 · resmi");
    expect(spanWords(live)).toBe("24 jam terakhir");
    expect(scored(live)).toEqual([]);
  });

  it("tells movement from two ranks only", () => {
    expect(movement(score("a", { rank: 2, rank_before: 5 }))).toEqual({ kind: "up", places: 3 });
    expect(movement(score("a", { rank: 5, rank_before: 4 }))).toEqual({ kind: "down", places: 1 });
    expect(movement(score("a"))).toEqual({ kind: "same" });
    expect(movement(score("a", { rank_before: null }))).toEqual({ kind: "none" });
  });
});

describe("the spotlight", () => {
  const ranked = scores([...rows(3), score("climber", { rank: 4, rank_before: 9 })]);
  const trouble = {
    ...busy,
    rising_negatives: [
      { account_id: "a2", short_name: "", negative_share: 0.38, negatives: 31, comments: 82, times_usual: 4.1 },
    ],
  };

  it("turns from the leader to the climber to rising negatives", () => {
    const turns = [0, 1, 2, 3].map((turn) => spotlightOf(ranked, trouble, turn));
    expect(turns.map((one) => one?.accountId)).toEqual(["a0", "climber", "a2", "a0"]);
    expect(turns.map((one) => one?.reason)).toEqual([
      "Peringkat pertama",
      "Naik 5 peringkat dalam 1 jam",
      "Komentar negatif 38%, 4,1× biasanya",
      "Peringkat pertama",
    ]);
  });

  it("stays dark without live scores", () => {
    expect(spotlightOf(null, trouble, 0)).toBeNull();
    expect(spotlightOf(scores(rows(3), { month: "2020-07" }), trouble, 0)).toBeNull();
  });
});

describe("settings and layout", () => {
  it("come from the address and stay in bounds", () => {
    expect(readSettings("?putar=30&skala=2&adegan=peringkat&jendela=7d&basi=15&bulan=2020-07")).toEqual({
      turnSeconds: 30,
      scale: 2,
      pinned: "peringkat",
      window: "7d",
      staleMinutes: 15,
      month: "2020-07",
    });
    const odd = readSettings("?putar=0&skala=abc&adegan=x&bulan=2020-13");
    expect([odd.turnSeconds, odd.scale, odd.pinned, odd.window, odd.month]).toEqual([1, 1, null, "24h", null]);
  });

  it("shows ten rows on a video wall, fewer on one panel", () => {
    for (const [width, height] of [[1920, 1080], [3840, 2160], [1366, 768]] as const) {
      expect(layoutFor(width, height, 1)).toMatchObject({ rows: 10, sidePanel: true, compact: false });
    }
    const panel = layoutFor(1920, 1080, 2);
    expect(panel).toMatchObject({ sidePanel: false, compact: true });
    expect(panel.rows).toBeLessThan(5);
  });
});
