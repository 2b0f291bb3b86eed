import type { Mix, Pulse } from "../../shared/schema";
import { addMixes, mixTotal } from "./bars";

const MINUTE = 60_000;
const RATE_MINUTES = 5;

export type Minute = Pulse["minutes"][number];

/** The minutes that are over: the running one would always look like a fall. */
export function wholeMinutes(pulse: Pulse): Minute[] {
  return pulse.minutes.filter((one) => one.minute + MINUTE <= pulse.at);
}

/** Comments a minute, averaged over the last five whole minutes. */
export function currentRate(minutes: readonly Minute[]): number {
  const last = minutes.slice(-RATE_MINUTES);
  return last.length === 0 ? 0 : last.reduce((sum, one) => sum + mixTotal(one), 0) / last.length;
}

/** The minute of the newest comment, while the rate of now is 0: a hush may be a fault. Null while there are comments, or none. */
export function hushSince(minutes: readonly Minute[]): number | null {
  if (currentRate(minutes) > 0) return null;
  return minutes.filter((one) => mixTotal(one) > 0).at(-1)?.minute ?? null;
}

export const hourMix = (minutes: readonly Minute[]): Mix => addMixes(minutes);

/** Stacked from the zero line up: negative, then neutral, then positive. Times in seconds, as uPlot wants. */
export function stacked(minutes: readonly Minute[]): [number[], number[], number[], number[]] {
  return [
    minutes.map((one) => one.minute / 1000),
    minutes.map(mixTotal),
    minutes.map((one) => one.neutral + one.negative),
    minutes.map((one) => one.negative),
  ];
}

/** 0, a middle and a top: round numbers, the top at or above `most`. */
export function axisSteps(most: number): [number, number, number] {
  const rough = Math.max(most, 2) / 2;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10]
    .map((factor) => factor * magnitude)
    .filter(Number.isInteger)
    .find((candidate) => candidate >= rough - 1e-9);
  const middle = step ?? Math.ceil(rough);
  return [0, middle, middle * 2];
}

/** Quarter hours (or the given step) inside a span, in seconds. */
export function timeSteps(from: number, until: number, step: number): number[] {
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((until - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step);
}
