// Everything the wall knows, kept fresh. Each answer replaces the one before: nothing is ever collected.
import * as v from "valibot";
import { monthKey } from "../core/format";
import { rankedScores } from "../core/ranking";
import type { Settings } from "../core/settings";
import { spotlightOf, type Spotlight } from "../core/spotlight";
import { address, fetchJson, pageAnswers } from "./client";
import { Refresher } from "./refresher";
import {
  accountSchema,
  changeSchema,
  pulseSchema,
  scoresSchema,
  statusSchema,
  type Account,
  type Pulse,
  type Scores,
  type Status,
} from "./schema";
import { Stream } from "./stream";

const SECOND = 1000;

export class Feed {
  status = $state.raw<Status | null>(null);
  live = $state.raw<Scores | null>(null);
  month = $state.raw<Scores | null>(null);
  pulse = $state.raw<Pulse | null>(null);
  account = $state.raw<(Account & { reason: string }) | null>(null);
  heardAt = $state.raw<number | null>(null); // by this machine's clock
  failing = $state.raw(false);
  clockOffset = $state.raw(0); // server's clock minus this machine's, milliseconds

  /** The live window, or the month when it was asked for or nothing is live. */
  readonly ranked = $derived(rankedScores(this.settings.month ? null : this.live, this.month));

  private turn = 0;
  private streaming = false;
  private build: string | null = null;
  private reloading = false;
  private readonly refreshers: Record<"status" | "live" | "month" | "pulse" | "account", Refresher>;
  private readonly stream: Stream;

  constructor(private readonly settings: Settings) {
    this.refreshers = {
      status: new Refresher(() => this.fetchStatus(), { leastGap: SECOND, mostGap: 8 * SECOND }),
      live: new Refresher(() => this.fetchLive(), { leastGap: SECOND, mostGap: 30 * SECOND }),
      month: new Refresher(() => this.fetchMonth(), { leastGap: 5 * SECOND, mostGap: 60 * SECOND }),
      pulse: new Refresher(() => this.fetchPulse(), { leastGap: 2 * SECOND, mostGap: 10 * SECOND }),
      account: new Refresher(() => this.fetchAccount(), { leastGap: SECOND, mostGap: 30 * SECOND }),
    };
    this.stream = new Stream(address("/v1/stream"), ["score", "pulse", "status"], {
      opened: () => this.streamOpened(),
      dropped: () => this.streamDropped(),
      event: (kind, data) => this.streamed(kind, data),
    });
  }

  /** Starts the feed; returns what stops it. */
  start(): () => void {
    const beat = () => {
      const now = Date.now();
      this.stream.tick(now);
      for (const refresher of Object.values(this.refreshers)) void refresher.tick(now);
    };
    beat();
    const timer = setInterval(beat, SECOND / 4);
    return () => clearInterval(timer);
  }

  /** The spotlight falls on the next account. */
  turnSpotlight(): void {
    this.turn += 1;
    this.refreshers.account.want();
  }

  private wantAll(): void {
    for (const refresher of Object.values(this.refreshers)) refresher.retryNow();
  }

  private streamOpened(): void {
    this.streaming = true;
    this.wantAll();
  }

  private streamDropped(): void {
    this.streaming = false;
    this.refreshers.status.retryNow(); // tells at once whether only the stream is gone
  }

  private streamed(kind: string, data: string): void {
    const content = parsed(data);
    if (kind === "status") this.takeStatus(content);
    if (kind === "pulse") this.refreshers.pulse.want();
    if (kind === "score") {
      const change = v.safeParse(changeSchema, content);
      if (change.success && change.output.window === this.settings.window) this.refreshers.live.want();
    }
  }

  private takeStatus(content: unknown): void {
    const read = v.safeParse(statusSchema, content);
    if (!read.success) return;
    const before = this.status;
    this.status = read.output;
    this.heard();
    this.clockOffset = read.output.now - Date.now();
    if ((before?.newest_event_at ?? null) === null && read.output.newest_event_at !== null) this.wantAll();
    this.build ??= read.output.build;
    if (this.build !== read.output.build) void this.reload();
  }

  private async reload(): Promise<void> {
    if (this.reloading) return;
    this.reloading = true;
    if (await pageAnswers()) window.location.reload();
    this.reloading = false;
  }

  private heard(): void {
    this.heardAt = Date.now();
    this.failing = false;
  }

  private async ask<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
    try {
      const answer = await fetchJson(path, schema);
      this.heard();
      return answer;
    } catch (fault) {
      this.failing ||= fault instanceof TypeError; // how fetch says: nobody there
      throw fault;
    }
  }

  private async fetchStatus(): Promise<void> {
    const silent = this.heardAt === null || Date.now() - this.heardAt > 7 * SECOND;
    if (silent || !this.streaming) this.takeStatus(await this.ask("/v1/status", v.unknown()));
  }

  private async fetchLive(): Promise<void> {
    const first = this.live === null;
    this.live = await this.ask(`/v1/scores?window=${this.settings.window}`, scoresSchema);
    if (first) this.refreshers.account.want();
  }

  private async fetchMonth(): Promise<void> {
    const newest = this.status?.newest_event_at;
    if (newest == null) return;
    this.month = await this.ask(`/v1/scores?month=${this.settings.month ?? monthKey(newest)}`, scoresSchema);
  }

  private async fetchPulse(): Promise<void> {
    this.pulse = await this.ask("/v1/pulse?minutes=60", pulseSchema);
  }

  private async fetchAccount(): Promise<void> {
    const spot: Spotlight | null = spotlightOf(this.ranked, this.pulse, this.turn);
    if (!spot) {
      this.account = null;
      return;
    }
    const account = await this.ask(`/v1/accounts/${encodeURIComponent(spot.accountId)}`, accountSchema);
    this.account = { ...account, reason: spot.reason };
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
