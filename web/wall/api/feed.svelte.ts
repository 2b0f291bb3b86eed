// Everything the wall knows, kept fresh. Each answer replaces the one before: nothing is ever collected.
import * as v from "valibot";
import { monthKey } from "../../shared/format";
import { Leap } from "../../shared/leap";
import { doubtedHeard, type Heard } from "../core/link";
import { rankedScores } from "../core/ranking";
import { whenBack } from "../../shared/returning";
import type { Settings } from "../../shared/settings";
import type { Part } from "../core/shown";
import { spotlightOf, type Spotlight } from "../core/spotlight";
import { Answers, PACES } from "./answers.svelte";
import { address, fetchJson, pageAnswers, sessionHeaders } from "../../shared/client";
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
} from "../../shared/schema";
import { openSharedWorker, SharedStream } from "./shared-stream";
import type { Source } from "./stream";

const BEAT_MILLISECONDS = 250;
const QUIET_MILLISECONDS = 7_000; // the stream tells the status every 5 s

export class Feed {
  status = $state.raw<Status | null>(null);
  live = $state.raw<Scores | null>(null);
  month = $state.raw<Scores | null>(null);
  pulse = $state.raw<Pulse | null>(null);
  account = $state.raw<(Account & Spotlight) | null>(null);
  heard = $state.raw<Heard | null>(null);
  failing = $state.raw(false);
  clockOffset = $state.raw<number | null>(null); // server's clock minus performance.now(), milliseconds

  /** The live window, or the month when it was asked for or nothing is live. */
  readonly ranked = $derived(rankedScores(this.settings.month ? null : this.live, this.month));
  readonly answers: Answers = new Answers(() => this.clockOffset);

  private turn = 0;
  private streaming = false;
  private statusAt = Number.NEGATIVE_INFINITY;
  private build: string | null = null;
  private reloading = false;
  private readonly leap = new Leap();
  private readonly refreshers: Record<Part, Refresher>;
  private readonly stream: SharedStream;

  constructor(private readonly settings: Settings) {
    this.refreshers = {
      status: new Refresher(() => this.fetchStatus(), PACES.status),
      live: new Refresher(() => this.fetchLive(), PACES.live),
      month: new Refresher(() => this.fetchMonth(), PACES.month),
      pulse: new Refresher(() => this.fetchPulse(), PACES.pulse),
      account: new Refresher(() => this.fetchAccount(), PACES.account),
    };
    this.stream = new SharedStream(openSharedWorker, streamSource, {
      opened: () => this.streamOpened(),
      dropped: () => this.streamDropped(),
      event: (kind, data) => this.streamed(kind, data),
    }, () => performance.now());
  }

  /** Starts the feed; returns what stops it. */
  start(): () => void {
    const ending = new AbortController();
    window.addEventListener("pagehide", () => this.stream.leave(), { signal: ending.signal });
    whenBack(() => this.recheck(), ending);
    this.beat();
    const timer = setInterval(() => this.beat(), BEAT_MILLISECONDS);
    return () => {
      clearInterval(timer);
      ending.abort();
      this.stream.leave();
    };
  }

  private beat(): void {
    const now = performance.now();
    if (this.leap.seen(now, Date.now())) this.recheck();
    this.stream.tick();
    for (const refresher of Object.values(this.refreshers)) void refresher.tick(now, this.streaming);
  }

  /** The machine may have slept, or the page been put away: everything is asked for anew and trusted no longer. */
  private recheck(): void {
    this.answers.doubt();
    this.heard &&= doubtedHeard(this.heard, performance.now());
    this.statusAt = Number.NEGATIVE_INFINITY;
    this.stream.sayHere();
    this.wantAll();
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
    if (kind === "status") this.takeStatus(content, performance.now());
    if (kind === "pulse") this.refreshers.pulse.want();
    if (kind === "score") {
      const change = v.safeParse(changeSchema, content);
      if (change.success && change.output.window === this.settings.window) this.refreshers.live.want();
    }
  }

  private takeStatus(content: unknown, askedAt: number): void {
    const read = v.safeParse(statusSchema, content);
    if (!read.success) return;
    const before = this.status;
    this.status = read.output;
    this.statusAt = performance.now();
    this.clockOffset = read.output.now - this.statusAt;
    if (!before) this.answers.begin();
    this.heardNow();
    this.answers.took("status", askedAt, read.output.stale_since);
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

  private heardNow(): void {
    const monotonic = performance.now();
    this.heard = { at: monotonic + (this.clockOffset ?? performance.timeOrigin), monotonic };
    this.failing = false;
  }

  private async ask<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
    const answer = await fetchJson(path, schema);
    this.heardNow();
    return answer;
  }

  /** Asks for what the wall shows of one part, and notes from when it is. */
  private async askFor<S extends Staleable>(part: Part, path: string, schema: S): Promise<v.InferOutput<S>> {
    const askedAt = performance.now();
    const answer = await this.ask(path, schema);
    this.answers.took(part, askedAt, answer.stale_since);
    return answer;
  }

  private async fetchStatus(): Promise<void> {
    const askedAt = performance.now();
    if (this.streaming && askedAt - this.statusAt <= QUIET_MILLISECONDS) return;
    try {
      this.takeStatus(await this.ask("/v1/status", v.unknown()), askedAt);
    } catch (fault) {
      this.failing ||= fault instanceof TypeError; // how fetch says: nobody there. Of another question it may be that one alone
      throw fault;
    }
  }

  private async fetchLive(): Promise<void> {
    const first = this.live === null;
    this.live = await this.askFor("live", `/v1/scores?window=${this.settings.window}`, scoresSchema);
    if (first) this.refreshers.account.want();
  }

  private async fetchMonth(): Promise<void> {
    const status = this.status;
    if (status?.newest_event_at == null) {
      this.answers.took("month", performance.now(), null); // without data there is no month to ask for
      return;
    }
    const newest = Math.min(status.newest_event_at, status.now); // a sender's clock may be ahead
    this.month = await this.askFor("month", `/v1/scores?month=${this.settings.month ?? monthKey(newest)}`, scoresSchema);
  }

  private async fetchPulse(): Promise<void> {
    this.pulse = await this.askFor("pulse", "/v1/pulse?minutes=60", pulseSchema);
  }

  private async fetchAccount(): Promise<void> {
    const spot: Spotlight | null = spotlightOf(this.ranked, this.pulse, this.turn);
    if (!spot) {
      this.account = null;
      return;
    }
    const account = await this.askFor("account", `/v1/accounts/${encodeURIComponent(spot.accountId)}`, accountSchema);
    this.account = { ...account, ...spot };
  }
}

type Staleable = typeof scoresSchema | typeof pulseSchema | typeof accountSchema;

/** Absolute: the worker has another place than the page. */
const streamSource = (): Source => ({
  url: new URL(address("/v1/stream"), window.location.href).href,
  headers: sessionHeaders(),
});

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
