// What the page shows: one account's explanation and figures of one period, read again every minute.
import { fetchJson, Refusal } from "../api/client";
import { endpoint, type Period } from "./address";
import { explanationSchema, metricsSchema, type AccountMetrics, type Explanation } from "./schema";

const AGAIN_MILLISECONDS = 60_000;

export type Trouble = "unknown" | "refused" | "away";

export class Story {
  told = $state.raw<Explanation | null>(null);
  figures = $state.raw<AccountMetrics | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  loading = $state(true);
  readAt = $state.raw<number | null>(null); // by this machine's clock

  private asked = 0;
  private period: Period;

  constructor(
    private readonly account: string,
    period: Period,
  ) {
    this.period = period;
  }

  /** Starts reading; returns what stops it. */
  start(): () => void {
    void this.read();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void this.read();
    }, AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }

  /** Another period: what was shown is of the one before, so it goes. */
  show(period: Period): void {
    this.period = period;
    this.told = null;
    this.figures = null;
    this.loading = true;
    void this.read();
  }

  async read(): Promise<void> {
    const question = ++this.asked;
    try {
      const [told, figures] = await Promise.all([
        fetchJson(endpoint(this.account, "explain", this.period), explanationSchema),
        fetchJson(endpoint(this.account, "metrics", this.period), metricsSchema),
      ]);
      if (question !== this.asked) return; // another period was chosen meanwhile
      this.told = told;
      this.figures = figures;
      this.trouble = null;
      this.readAt = Date.now();
    } catch (fault) {
      if (question === this.asked) this.trouble = troubleOf(fault);
    }
    this.loading = false;
  }
}

function troubleOf(fault: unknown): Trouble {
  if (!(fault instanceof Refusal)) return "away";
  if (fault.status === 404) return "unknown";
  return fault.status < 500 ? "refused" : "away";
}
