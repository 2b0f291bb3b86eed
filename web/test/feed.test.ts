import { expect, it } from "vitest";
import { backoffMilliseconds } from "../wall/api/backoff";
import { Refresher } from "../wall/api/refresher";

const pace = { leastGap: 1000, mostGap: 10_000, pollGap: 5000 };

function counted(fails = false) {
  let calls = 0;
  const refresh = async () => {
    calls += 1;
    if (fails) throw new Error("no answer");
  };
  return { refresher: new Refresher(refresh, pace, () => 1), calls: () => calls };
}

it("refreshes at once, then on demand at most once a gap, and by itself after the longest gap", async () => {
  const { refresher, calls } = counted();
  await refresher.tick(0, true);
  expect(calls()).toBe(1);
  for (let burst = 0; burst < 50; burst += 1) {
    refresher.want();
    await refresher.tick(burst * 10, true);
  }
  expect(calls()).toBe(1);
  await refresher.tick(1000, true);
  expect(calls()).toBe(2);
  await refresher.tick(5000, true);
  expect(calls()).toBe(2);
  await refresher.tick(11_000, true);
  expect(calls()).toBe(3);
});

it("waits longer after each failure, unless told that the server is back", async () => {
  const { refresher, calls } = counted(true);
  await refresher.tick(0, true);
  await refresher.tick(999, true);
  expect(calls()).toBe(1);
  await refresher.tick(1000, true);
  expect(calls()).toBe(2);
  await refresher.tick(2999, true);
  expect(calls()).toBe(2);
  refresher.retryNow();
  await refresher.tick(2999, true);
  expect(calls()).toBe(3);
});

it("asks more often while no stream tells what is new", async () => {
  const { refresher, calls } = counted();
  await refresher.tick(0, false);
  await refresher.tick(5000, true);
  expect(calls()).toBe(1);
  await refresher.tick(5000, false);
  expect(calls()).toBe(2);
});

it("never asks twice at a time", async () => {
  let calls = 0;
  let answer = () => {};
  const refresher = new Refresher(
    () =>
      new Promise((resolve) => {
        calls += 1;
        answer = resolve;
      }),
    pace,
  );
  const first = refresher.tick(0, true);
  await refresher.tick(20_000, true);
  expect(calls).toBe(1);
  answer();
  await first;
});

it("backs off with jitter, up to half a minute", () => {
  expect(backoffMilliseconds(0, () => 0)).toBe(500);
  expect(backoffMilliseconds(0, () => 1)).toBe(1000);
  expect(backoffMilliseconds(3, () => 1)).toBe(8000);
  expect(backoffMilliseconds(500, () => 1)).toBe(30_000);
});
