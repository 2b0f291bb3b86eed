// When each part of what the wall knows was asked for, and how long it holds.
import { doubted, GRACE_MILLISECONDS, type Answer } from "../core/link";
import { PARTS, type Part } from "../core/shown";
import type { Pace } from "./refresher";

const SECOND = 1000;

export const PACES: Record<Part, Pace> = {
  status: { leastGap: SECOND, mostGap: 8 * SECOND, pollGap: 5 * SECOND },
  live: { leastGap: SECOND, mostGap: 30 * SECOND, pollGap: 5 * SECOND },
  month: { leastGap: 5 * SECOND, mostGap: 60 * SECOND, pollGap: 60 * SECOND },
  pulse: { leastGap: 2 * SECOND, mostGap: 10 * SECOND, pollGap: 5 * SECOND },
  account: { leastGap: SECOND, mostGap: 30 * SECOND, pollGap: 15 * SECOND },
};

export class Answers {
  private known: Record<Part, Answer>;
  private doubtedAt = Number.NEGATIVE_INFINITY;

  /** `offset`: the server's clock minus the monotonic one. */
  constructor(private readonly offset: () => number | null) {
    this.known = $state.raw(this.allNow());
  }

  of(part: Part): Answer {
    return this.known[part];
  }

  /** An answer counts from when it was asked for: one that took long is as old as its question. */
  took(part: Part, askedAt: number, staleSince: number | null): void {
    const answer = this.answer(part, askedAt, staleSince);
    this.known = { ...this.known, [part]: askedAt < this.doubtedAt ? doubted(answer, this.doubtedAt) : answer };
  }

  /** The machine may have slept: what was asked for until now holds only until it is asked for again. */
  doubt(): void {
    this.doubtedAt = performance.now();
    this.known = record((part) => doubted(this.known[part], this.doubtedAt));
  }

  /** The server's clock is known: what was noted before bears this machine's time. */
  begin(): void {
    this.known = this.allNow();
  }

  /** As if all had been asked for now: no answer yet is no old one. */
  private allNow(): Record<Part, Answer> {
    const now = performance.now();
    return record((part) => this.answer(part, now, null));
  }

  private answer(part: Part, askedAt: number, staleSince: number | null): Answer {
    const at = askedAt + (this.offset() ?? performance.timeOrigin);
    return { at, goodUntil: askedAt + PACES[part].mostGap + GRACE_MILLISECONDS, staleSince };
  }
}

const record = (of: (part: Part) => Answer): Record<Part, Answer> =>
  Object.fromEntries(PARTS.map((part) => [part, of(part)])) as Record<Part, Answer>;
