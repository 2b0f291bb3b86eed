import { describe, expect, it } from "vitest";
import { senderNotice } from "../wall/core/senders";
import { archiveShown, partsShown, type OnWall } from "../wall/core/shown";
import { playList } from "../wall/core/slides";
import { layoutFor } from "../wall/core/layout";
import { pulse, score, scores } from "./answers";

const live = scores([score("a")]);
const running = scores([score("a")], { window: null, month: "2026-11", status: "provisional" });
const busy = pulse([{ positive: 3, neutral: 1, negative: 0 }]);
const account = { account_id: "a" } as never;
const [ranking, denyut, spotlight, month] = playList(
  { ranked: live, month: running, pulse: busy, spotlight: account },
  layoutFor(1920, 1080, 1),
  null,
);
const wall: OnWall = { slide: ranking!, ranked: live, month: running, pulse: busy, spotlight: null, monthAsked: false, sidePanel: true };

describe("what stands behind the wall", () => {
  it.each<[string, Partial<OnWall>, string[]]>([
    ["the ranking and its side panel", {}, ["status", "live", "pulse"]],
    ["the ranking alone", { sidePanel: false }, ["status", "live"]],
    ["the ranking before the first pulse", { pulse: null }, ["status", "live"]],
    ["a month for want of live scores", { ranked: running }, ["status", "live", "month"]],
    ["a month that was asked for", { ranked: running, monthAsked: true }, ["status", "month"]],
    ["the pulse", { slide: denyut! }, ["status", "pulse"]],
    ["the spotlight and a rank that is its reason", { slide: spotlight!, spotlight: { from: "live" } }, ["status", "account", "live"]],
    ["the spotlight and a rise of negatives", { slide: spotlight!, spotlight: { from: "pulse" } }, ["status", "account", "pulse"]],
    ["the month", { slide: month! }, ["status", "month"]],
    ["nothing yet", { slide: null }, ["status", "live", "month"]],
    ["nothing yet of a month", { slide: null, monthAsked: true }, ["status", "month"]],
  ])("%s", (_, changes, parts) => {
    expect(partsShown({ ...wall, ...changes })).toEqual(parts);
  });

  it("is an archive when the board's month is over", () => {
    const past = { ...running, status: "past" as const, newest_event_at: 700, until: 1000 };
    expect(archiveShown(wall)).toBeNull();
    expect(archiveShown({ ...wall, ranked: past })).toBe(700);
    expect(archiveShown({ ...wall, slide: month!, month: { ...past, status: "official", newest_event_at: null } })).toBe(1000);
    expect(archiveShown({ ...wall, slide: denyut!, ranked: past, month: past })).toBeNull();
    expect(archiveShown({ ...wall, slide: month! })).toBeNull();
    expect(archiveShown({ ...wall, slide: null })).toBeNull();
  });
});

describe("senders whose clock is ahead", () => {
  const ahead = (account_id: string, ahead_seconds: number) => ({ account_id, short_name: account_id.toUpperCase(), ahead_seconds });

  it("are told one account at a time, by its worst platform", () => {
    expect(senderNotice([], 0)).toBeNull();
    expect(senderNotice([ahead("dinkes", 600), ahead("dinkes", 25_196)], 0)).toEqual({
      name: "DINKES",
      ahead: "7 jam",
      others: "",
    });
    const three = [ahead("a", 400), ahead("b", 3600), ahead("c", 31 * 86_400)];
    expect([0, 6000, 12_000, 18_000].map((now) => senderNotice(three, now)?.name)).toEqual(["A", "B", "C", "A"]);
    expect(senderNotice(three, 12_000)).toEqual({ name: "C", ahead: "31 hari", others: "+2 lainnya" });
  });
});
