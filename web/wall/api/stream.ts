// The live stream as a signal, for the worker that all walls of a browser share. Read with fetch, which carries the
// session's headers where a cookie is refused. Closed at its first fault and opened again after a backoff.
import { backoffMilliseconds } from "./backoff";
import { EventReader } from "./sse";

const SILENCE_MILLISECONDS = 20_000; // the server says its status every 5 s
const STEADY_MILLISECONDS = 30_000; // a proxy that cuts or holds back every stream opens it first

export interface StreamListener {
  opened(): void;
  dropped(): void;
  event(kind: string, data: string): void;
}

export interface Source {
  url: string;
  headers: Record<string, string>;
}

export class Stream {
  private connection: AbortController | null = null;
  private lastEventId = "";
  private failures = 0;
  private reopenAt = Number.NEGATIVE_INFINITY;
  private heardAt = 0;
  private openedAt = 0;
  private answered = false;

  constructor(
    private readonly listener: StreamListener,
    private readonly now: () => number, // monotonic milliseconds
    private readonly ask: typeof fetch = (url, init) => fetch(url, init), // fetch refuses to be a method
  ) {}

  get open(): boolean {
    return this.answered;
  }

  /** Opens, reopens or drops a silent connection as the time asks for; closes it when there is no source. */
  tick(source: Source | null): void {
    const now = this.now();
    if (!source) return this.close();
    if (this.connection && now - this.heardAt > SILENCE_MILLISECONDS) this.drop();
    if (!this.connection && now >= this.reopenAt) void this.connect(source);
  }

  /** The machine slept: whatever was connected is not trusted. */
  renew(): void {
    this.close();
    this.reopenAt = Number.NEGATIVE_INFINITY;
  }

  private async connect({ url, headers }: Source): Promise<void> {
    const connection = new AbortController();
    this.connection = connection;
    this.heardAt = this.now();
    try {
      await this.follow(this.resumed(url), headers, connection);
    } catch {
      // Nobody there, refused, broken off or aborted: all of them end the connection.
    }
    if (this.connection === connection) this.drop();
  }

  private async follow(url: string, headers: Record<string, string>, connection: AbortController): Promise<void> {
    const answer = await this.ask(url, {
      headers: { ...headers, accept: "text/event-stream" },
      cache: "no-store",
      signal: connection.signal,
    });
    if (!answer.ok || !answer.body) {
      await answer.body?.cancel();
      return;
    }
    this.hearOpened(connection);
    const chunks = answer.body.getReader();
    const text = new TextDecoder();
    const events = new EventReader();
    for (let chunk = await chunks.read(); !chunk.done; chunk = await chunks.read()) {
      if (this.connection !== connection) return;
      this.heardAt = this.now();
      for (const event of events.read(text.decode(chunk.value, { stream: true }))) {
        this.lastEventId = event.id || this.lastEventId;
        this.listener.event(event.kind, event.data);
      }
    }
  }

  private hearOpened(connection: AbortController): void {
    if (this.connection !== connection) return;
    this.heardAt = this.openedAt = this.now();
    this.answered = true;
    this.listener.opened();
  }

  private resumed(url: string): string {
    if (!this.lastEventId) return url;
    return `${url}${url.includes("?") ? "&" : "?"}last_event_id=${encodeURIComponent(this.lastEventId)}`;
  }

  private drop(): void {
    if (this.answered && this.now() - this.openedAt >= STEADY_MILLISECONDS) this.failures = 0;
    this.reopenAt = this.now() + backoffMilliseconds(this.failures++);
    this.close();
  }

  private close(): void {
    const connection = this.connection;
    if (!connection) return;
    this.connection = null;
    connection.abort();
    this.answered = false;
    this.listener.dropped();
  }
}
