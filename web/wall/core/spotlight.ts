// Which account the spotlight falls on, and why: the leader, the greatest climber, rising negatives, in turns.
import type { Pulse, Scores } from "../../shared/schema";
import { times, percent } from "../../shared/format";
import { movement, scored } from "./ranking";

export interface Spotlight {
  accountId: string;
  reason: string;
  from: "live" | "pulse"; // the answer that the reason was read in
}

function leader(scores: Scores): Spotlight[] {
  const first = scored(scores).find((one) => one.rank === 1);
  return first ? [{ accountId: first.account_id, reason: "Peringkat pertama", from: "live" }] : [];
}

function climber(scores: Scores): Spotlight[] {
  let best: Spotlight | null = null;
  let most = 0;
  for (const one of scored(scores)) {
    const moved = movement(one);
    if (moved.kind !== "up" || moved.places <= most) continue;
    most = moved.places;
    best = { accountId: one.account_id, reason: `Naik ${moved.places} peringkat dalam 1 jam`, from: "live" };
  }
  return best ? [best] : [];
}

function rising(pulse: Pulse | null): Spotlight[] {
  const first = pulse?.rising_negatives[0];
  if (!first) return [];
  const usual = first.times_usual === null ? "" : `, ${times(first.times_usual)} biasanya`;
  const reason = `Komentar negatif ${percent(first.negative_share * 100)}${usual}`;
  return [{ accountId: first.account_id, reason, from: "pulse" }];
}

export function spotlightOf(scores: Scores | null, pulse: Pulse | null, turn: number): Spotlight | null {
  if (!scores || scores.month !== null) return null; // an archive has no last 24 hours to show
  const all = [...leader(scores), ...climber(scores), ...rising(pulse)];
  const each = all.filter((one, index) => all.findIndex((other) => other.accountId === one.accountId) === index);
  return each[turn % Math.max(1, each.length)] ?? null;
}
