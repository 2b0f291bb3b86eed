// Keeps one answer fresh: at once when wanted, but never more often than `leastGap`; by itself after
// `mostGap`; and after a failure only when its backoff has passed. Never two requests at a time.
import { backoffMilliseconds } from "./backoff";

export interface Pace {
  leastGap: number;
  mostGap: number;
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

  async tick(now: number): Promise<void> {
    if (this.running || now < this.notBefore || !this.due(now)) return;
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

  private due(now: number): boolean {
    const gap = now - this.startedAt;
    return gap >= this.pace.mostGap || (this.wanted && gap >= this.pace.leastGap);
  }
}
