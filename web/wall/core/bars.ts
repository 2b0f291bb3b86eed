import { METRICS, type Metric, type Mix, type Score } from "../../shared/schema";
import { SENTIMENTS, type Sentiment } from "../../shared/words";

export interface Segment {
  metric: Metric;
  points: number; // of 100, so also the percentage of the bar
}

/** The given parts of a score, heaviest first; their points add up to the score. */
export function segments(score: Score): Segment[] {
  return METRICS.flatMap((metric) => {
    const points = score.parts[metric].points;
    return points === null ? [] : [{ metric, points }];
  });
}

/** Metrics that no platform gave for this account. */
export function missingMetrics(score: Score): Metric[] {
  return METRICS.filter((metric) => score.parts[metric].points === null);
}

/** The rule's own weights: those of an account that has every metric (a gap re-weighs the others). */
export function ruleWeights(scores: readonly Score[]): Record<Metric, number> | null {
  const whole = scores.find((score) => score.score !== null && missingMetrics(score).length === 0);
  if (!whole) return null;
  return {
    comments: whole.parts.comments.weight,
    likes: whole.parts.likes.weight,
    posts: whole.parts.posts.weight,
    views: whole.parts.views.weight,
  };
}

export const mixTotal = (mix: Mix): number => mix.positive + mix.neutral + mix.negative;

/** Whole percentages that add up to 100 (largest remainders round up); null when nothing was counted. */
export function mixPercentages(mix: Mix): Record<Sentiment, number> | null {
  const total = mixTotal(mix);
  if (total === 0) return null;
  const exact = SENTIMENTS.map((name) => ({ name, value: (mix[name] * 100) / total }));
  const shares = { positive: 0, neutral: 0, negative: 0 };
  for (const { name, value } of exact) shares[name] = Math.floor(value);
  const left = 100 - (shares.positive + shares.neutral + shares.negative);
  exact.sort((a, b) => (b.value % 1) - (a.value % 1));
  for (const { name } of exact.slice(0, left)) shares[name] += 1;
  return shares;
}

export function addMixes(mixes: readonly Mix[]): Mix {
  const sum = { positive: 0, neutral: 0, negative: 0 };
  for (const mix of mixes) for (const name of SENTIMENTS) sum[name] += mix[name];
  return sum;
}
