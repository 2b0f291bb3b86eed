import { expect, it } from "vitest";
import { axisSteps, currentRate, hushSince, stacked, timeSteps, wholeMinutes } from "../wall/core/pulse";
import { pulse } from "./answers";

const mix = (total: number) => ({ positive: total, neutral: 0, negative: 0 });

it("leaves the running minute out", () => {
  const running = pulse([mix(5), mix(5), mix(1)], { at: 2.5 * 60_000 });
  expect(wholeMinutes(running)).toHaveLength(2);
});

it("averages the last five minutes", () => {
  expect(currentRate(wholeMinutes(pulse([90, 1, 2, 3, 4, 5].map(mix))))).toBe(3);
  expect(currentRate([])).toBe(0);
});

it("tells of the newest comment only while none come", () => {
  const minutes = (...totals: number[]) => pulse(totals.map(mix)).minutes;
  expect(hushSince(minutes(4, 0, 0, 0, 0, 0, 0))).toBe(0);
  expect(hushSince(minutes(4, 2, 0, 0, 0, 0, 0))).toBe(60_000);
  expect(hushSince(minutes(4, 0, 0, 0, 1))).toBeNull();
  expect(hushSince(minutes(0, 0))).toBeNull();
});

it("stacks from negative up to the total", () => {
  const [times, all, lower, lowest] = stacked(pulse([{ positive: 5, neutral: 3, negative: 2 }]).minutes);
  expect([times, all, lower, lowest]).toEqual([[0], [10], [5], [2]]);
});

it("has a zero line, and round steps that hold every value", () => {
  expect(axisSteps(0)).toEqual([0, 1, 2]);
  expect(axisSteps(267)).toEqual([0, 150, 300]);
  for (let most = 0; most < 5000; most += 13) {
    const [zero, middle, top] = axisSteps(most);
    expect(zero).toBe(0);
    expect(top).toBeGreaterThanOrEqual(most);
    expect(Number.isInteger(middle)).toBe(true);
    expect(top).toBe(2 * middle);
    if (most > 4) expect(top).toBeLessThanOrEqual(most * 2);
  }
});

it("puts times on whole steps inside the span", () => {
  expect(timeSteps(100, 2000, 900)).toEqual([900, 1800]);
  expect(timeSteps(100, 200, 900)).toEqual([]);
});
