// What the page shows: one account's explanation and figures of one period, read again every minute. Intervals are
// measured by the monotonic clock, and every instant told is the server's: this machine's clock may be wrong.
import { fetchJson, Refusal } from "../shared/client";
import { Leap } from "../shared/leap";
import { whenBack } from "../shared/returning";
import { endpoint, type Period } from "./address";
import { explanationSchema, metricsSchema, type AccountMetrics, type Explanation } from "./schema";

const BEAT_MILLISECONDS = 1_000;
const AGAIN_MILLISECONDS = 60_000;
const AWAY_MILLISECONDS = 15_000; // until a server that was away is asked again
const GRACE_MILLISECONDS = 12_000; // a request is given up after 10 s
const RECHECK_MILLISECONDS = 2_000;

export type Trouble = "unknown" | "refused" | "away";

export class Story {
  told = $state.raw<Explanation | null>(null);
  figures = $state.raw<AccountMetrics | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  loading = $state(true);
  /** What is shown should have been read anew by now. */
  late = $state(false);
  /** The server's clock, as the newest answer that stands for now has it. */
  serverTime = $state.raw<number | null>(null);

  private asked = 0;
  private readAt = Number.NEGATIVE_INFINITY; // when to ask next
  private goodUntil = Number.POSITIVE_INFINITY;
  private readonly leap = new Leap();
  private period: Period;

  constructor(
    private readonly account: string,
    period: Period,
  ) {
    this.period = period;
  }

  /** Starts reading; returns what stops it. */
  start(): () => void {
    const ending = new AbortController();
    whenBack(() => this.recheck(), ending);
    this.beat();
    const timer = setInterval(() => this.beat(), BEAT_MILLISECONDS);
    return () => {
      clearInterval(timer);
      ending.abort();
    };
  }

  /** Another period: what was shown is of the one before, so it goes. */
  show(period: Period): void {
    this.period = period;
    this.told = null;
    this.figures = null;
    this.trouble = null;
    this.loading = true;
    this.late = false;
    void this.read();
  }

  async read(): Promise<void> {
    const question = ++this.asked;
    const askedAt = performance.now();
    this.readAt = askedAt + AGAIN_MILLISECONDS;
    try {
      const [told, figures] = await Promise.all([
        fetchJson(endpoint(this.account, "explain", this.period), explanationSchema),
        fetchJson(endpoint(this.account, "metrics", this.period), metricsSchema),
      ]);
      if (question !== this.asked) return; // another period was chosen meanwhile
      this.take(told, figures, askedAt);
    } catch (fault) {
      if (question !== this.asked) return;
      this.trouble = troubleOf(fault);
      if (this.trouble === "away") this.readAt = performance.now() + AWAY_MILLISECONDS;
    }
    this.loading = false;
  }

  private take(told: Explanation, figures: AccountMetrics, askedAt: number): void {
    this.told = told;
    this.figures = figures;
    this.trouble = null;
    this.late = false;
    this.goodUntil = askedAt + AGAIN_MILLISECONDS + GRACE_MILLISECONDS;
    if (told.status !== "past") this.serverTime = told.at;
  }

  private beat(): void {
    const now = performance.now();
    if (this.leap.seen(now, Date.now())) this.recheck();
    const wanted = this.asked === 0 || document.visibilityState === "visible";
    if (wanted && now >= this.readAt) void this.read();
    this.late = this.told !== null && now > this.goodUntil;
  }

  /** The machine may have slept, or the page been put away: what is shown holds only until it is read anew. */
  private recheck(): void {
    this.goodUntil = Math.min(this.goodUntil, performance.now() + RECHECK_MILLISECONDS);
    if (this.asked > 0) void this.read();
  }
}

function troubleOf(fault: unknown): Trouble {
  if (!(fault instanceof Refusal)) return "away";
  if (fault.status === 404) return "unknown";
  return fault.status < 500 ? "refused" : "away";
}
