import type { Score, Scores } from "../../shared/schema";
import { insideMonth, month, shortMonth } from "../../shared/format";
import { WINDOWS } from "../../shared/settings";
import { WINDOW_WORDS } from "../../shared/words";

/** Accounts that have a score, ranked ones first, as the API orders them. */
export const scored = (scores: Scores): Score[] => scores.scores.filter((one) => one.score !== null);

export const hasScores = (scores: Scores | null): scores is Scores =>
  scores !== null && scores.scores.some((one) => one.score !== null);

/** The scores to rank by: the live window, or else the month of the newest data (a replayed archive, a long outage). */
export function rankedScores(live: Scores | null, archive: Scores | null): Scores | null {
  if (hasScores(live)) return live;
  return hasScores(archive) ? archive : null;
}

const MONTH_WORDS = { provisional: "sementara", official: "resmi", past: "data arsip", live: "data arsip" } as const;

/** What span the figures stand for, in words; `brief` where there is little room. */
export function spanWords(scores: Scores, brief = false): string {
  if (scores.month !== null) {
    return `${(brief ? shortMonth : month)(insideMonth(scores.month))} · ${MONTH_WORDS[scores.status]}`;
  }
  const name = WINDOWS.find((one) => one === scores.window);
  return name ? WINDOW_WORDS[name] : (scores.window ?? "");
}

export type Movement = { kind: "up" | "down"; places: number } | { kind: "same" } | { kind: "none" };

/** Movement against an hour before; none for a month or an account without both ranks. */
export function movement(score: Score): Movement {
  if (score.rank === null || score.rank_before === null) return { kind: "none" };
  const places = score.rank_before - score.rank;
  if (places === 0) return { kind: "same" };
  return { kind: places > 0 ? "up" : "down", places: Math.abs(places) };
}
