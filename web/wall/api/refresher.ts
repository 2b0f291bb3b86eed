// Keeps one answer fresh: at once when wanted, but never more often than `leastGap`; by itself after `mostGap`, or
// after `pollGap` while no stream tells what is new; and after a failure only when its backoff has passed. Never two
// requests at a time. Times are milliseconds of a monotonic clock.
import { backoffMilliseconds } from "./backoff";

export interface Pace {
  leastGap: number;
  mostGap: number;
  pollGap: number;
}

export class Refresher {
  private wanted = true;
  private running = false;
  private failures = 0;
  private startedAt = Number.NEGATIVE_INFINITY;
  private notBefore = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly refresh: () => Promise<void>,
    private readonly pace: Pace,
    private readonly random: () => number = Math.random,
  ) {}

  /** Asks for a fresh answer as soon as the pace allows it. */
  want(): void {
    this.wanted = true;
  }

  /** Forgets pace and backoff: the server is known to be there again, or to have something new. */
  retryNow(): void {
    this.wanted = true;
    this.startedAt = Number.NEGATIVE_INFINITY;
    this.notBefore = Number.NEGATIVE_INFINITY;
  }

  async tick(now: number, streaming: boolean): Promise<void> {
    if (this.running || now < this.notBefore || !this.due(now, streaming)) return;
    this.running = true;
    this.wanted = false;
    this.startedAt = now;
    try {
      await this.refresh();
      this.failures = 0;
    } catch {
      // The last good answer stays on the wall; how old it is stands in the header.
      this.wanted = true;
      this.notBefore = now + backoffMilliseconds(this.failures++, this.random);
    } finally {
      this.running = false;
    }
  }

  private due(now: number, streaming: boolean): boolean {
    const gap = now - this.startedAt;
    const most = streaming ? this.pace.mostGap : this.pace.pollGap;
    return gap >= most || (this.wanted && gap >= this.pace.leastGap);
  }
}
