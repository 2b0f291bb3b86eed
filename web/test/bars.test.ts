import { expect, it } from "vitest";
import { METRICS } from "../shared/schema";
import { addMixes, missingMetrics, mixPercentages, ruleWeights, segments } from "../wall/core/bars";
import { score, unscored } from "./answers";

it("stacks the parts heaviest first, and they add up to the score", () => {
  const parts = segments(score("a"));
  expect(parts.map((one) => one.metric)).toEqual([...METRICS]);
  expect(parts.reduce((sum, one) => sum + one.points, 0)).toBe(80);
});

it("names the metrics that were not given", () => {
  const gap = score("a");
  gap.parts.views = { raw: null, weight: 0, points: null };
  expect(missingMetrics(gap)).toEqual(["views"]);
  expect(segments(gap).map((one) => one.metric)).not.toContain("views");
});

it("takes the rule's weights from an account that has every metric", () => {
  const gap = score("gap");
  gap.parts.views = { raw: null, weight: 0, points: null };
  gap.parts.comments.weight = 0.4444;
  expect(ruleWeights([unscored("none"), gap, score("whole")])?.comments).toBe(0.4);
  expect(ruleWeights([gap])).toBeNull();
});

it("rounds sentiment to whole percentages that add up to 100", () => {
  expect(mixPercentages({ positive: 1, neutral: 1, negative: 1 })).toEqual({ positive: 34, neutral: 33, negative: 33 });
  expect(mixPercentages({ positive: 0, neutral: 0, negative: 0 })).toBeNull();
  for (let n = 1; n < 200; n += 7) {
    const shares = mixPercentages({ positive: n, neutral: 13, negative: 200 - n });
    expect(Object.values(shares ?? {}).reduce((sum, one) => sum + one, 0)).toBe(100);
  }
});

it("adds mixes", () => {
  const one = { positive: 1, neutral: 2, negative: 3 };
  expect(addMixes([one, one])).toEqual({ positive: 2, neutral: 4, negative: 6 });
  expect(addMixes([])).toEqual({ positive: 0, neutral: 0, negative: 0 });
});
