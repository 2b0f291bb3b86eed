import { describe, expect, it } from "vitest";
import * as format from "../shared/format";

const at = Date.parse("2026-11-21T12:47:32Z"); // 19.47.32 WIB

describe("numbers", () => {
  it("are written as id-ID writes them", () => {
    expect(format.decimal(87.4321)).toBe("87,4");
    expect(format.whole(12345)).toBe("12.345");
    expect(format.times(4.1)).toBe("4,1×");
    expect(format.percent(58)).toBe("58%");
  });

  it("keep a decimal for slow rates only", () => {
    expect([0, 0.4, 9.94, 9.96, 214, 9999, 13951].map(format.rate)).toEqual([
      "0",
      "0,4",
      "9,9",
      "10",
      "214",
      "9.999",
      "14\u00a0rb",
    ]);
  });
});

describe("instants", () => {
  it("are told in WIB", () => {
    expect(format.clock(at)).toBe("19.47.32");
    expect(format.hourMinute(at)).toBe("19.47");
    expect(format.date(at)).toBe("Sabtu, 21 Nov 2026");
  });

  it("belong to the month of WIB, not of UTC", () => {
    expect(format.monthKey(Date.parse("2020-07-31T16:59:59Z"))).toBe("2020-07");
    expect(format.monthKey(Date.parse("2020-07-31T17:00:00Z"))).toBe("2020-08");
    expect(format.month(format.insideMonth("2020-07"))).toBe("Juli 2020");
    expect(format.daysInMonth("2024-02")).toBe(29);
    expect(format.dayOfMonth(Date.parse("2020-07-31T17:00:00Z"))).toBe(1);
  });

  it("say the day only when it is another one", () => {
    expect(format.since(at - 60_000, at)).toBe("19.46 WIB");
    expect(format.since(Date.parse("2020-07-31T11:00:00Z"), at)).toBe("31 Jul 2020");
  });
});

describe("spans", () => {
  it("round an age down to one unit", () => {
    const words = [-5, 4, 59.9, 60, 3599, 3600, 172_799, 172_800].map((seconds) => format.age(seconds * 1000));
    expect(words).toEqual(["0 dtk", "4 dtk", "59 dtk", "1 mnt", "59 mnt", "1 jam", "47 jam", "2 hari"]);
  });

  it("tell what is long ago by its month", () => {
    expect(format.ago(at - 4000, at)).toBe("4 dtk lalu");
    expect(format.ago(at - 99 * 86_400_000, at)).toBe("99 hari lalu");
    expect(format.ago(Date.parse("2020-07-31T11:00:00Z"), at)).toBe("Jul 2020");
  });

  it("give a duration at most two units", () => {
    const words = [42, 744, 12_000, 7200, 187_200].map(format.duration);
    expect(words).toEqual(["42 dtk", "12 mnt", "3 jam 20 mnt", "2 jam", "2 hari 4 jam"]);
  });

  it("round to the nearest unit where an age is only about", () => {
    const words = [0, 89, 90, 3599, 5400, 25_196, 86_400, 129_600, 31 * 86_400].map(format.about);
    expect(words).toEqual(["0 dtk", "89 dtk", "2 mnt", "60 mnt", "2 jam", "7 jam", "24 jam", "2 hari", "31 hari"]);
  });
});
