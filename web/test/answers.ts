// Small answers for the tests of the pure parts.
import type { Mix, Pulse, Score, Scores } from "../shared/schema";

const part = (points: number | null, weight: number) => ({ raw: points, weight, points });

export function score(id: string, changes: Partial<Score> = {}): Score {
  return {
    account_id: id,
    short_name: id,
    rank: 1,
    rank_before: 1,
    score: 80,
    completeness: 1,
    incomplete: false,
    parts: { comments: part(32, 0.4), likes: part(24, 0.3), posts: part(16, 0.2), views: part(8, 0.1) },
    sentiment: { positive: 6, neutral: 3, negative: 1 },
    newest_event_at: 0,
    newest_received_at: 0,
    ...changes,
  };
}

export function scores(rows: Score[], changes: Partial<Scores> = {}): Scores {
  return {
    window: "24h",
    month: null,
    at: 0,
    from: 0,
    until: 0,
    status: "live",
    stale_since: null,
    newest_event_at: 0,
    simulated: false,
    scores: rows,
    ...changes,
  };
}

export const unscored = (id: string): Score =>
  score(id, {
    rank: null,
    score: null,
    parts: { comments: part(null, 0.4), likes: part(null, 0.3), posts: part(null, 0.2), views: part(null, 0.1) },
  });

export function pulse(mixes: Mix[], changes: Partial<Pulse> = {}): Pulse {
  return {
    at: mixes.length * 60_000,
    minutes: mixes.map((mix, index) => ({ minute: index * 60_000, ...mix })),
    rising_negatives: [],
    replies: { answered: 0, median_seconds: null },
    stale_since: null,
    ...changes,
  };
}
