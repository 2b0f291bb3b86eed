// The live stream as a signal. EventSource's own reconnect has no jitter and gives up for good on an HTTP error,
// so each connection is closed at its first error and opened again after a backoff.
import { backoffMilliseconds } from "./backoff";

const SILENCE_MILLISECONDS = 20_000; // the server says its status every 5 s

export interface StreamListener {
  opened(): void;
  dropped(): void;
  event(kind: string, data: string): void;
}

export class Stream {
  private source: EventSource | null = null;
  private lastEventId = "";
  private failures = 0;
  private reopenAt = 0;
  private heardAt = 0;

  constructor(
    private readonly path: string,
    private readonly kinds: readonly string[],
    private readonly listener: StreamListener,
  ) {}

  /** Opens, reopens or drops a silent connection as the time asks for. */
  tick(now: number): void {
    if (this.source && now - this.heardAt > SILENCE_MILLISECONDS) this.drop(now);
    if (!this.source && now >= this.reopenAt) this.open(now);
  }

  private open(now: number): void {
    const resume = this.lastEventId ? `?last_event_id=${encodeURIComponent(this.lastEventId)}` : "";
    const source = new EventSource(this.path + resume);
    this.source = source;
    this.heardAt = now;
    source.onopen = () => {
      this.failures = 0;
      this.heardAt = Date.now();
      this.listener.opened();
    };
    source.onerror = () => {
      if (this.source === source) this.drop(Date.now());
    };
    for (const kind of this.kinds) source.addEventListener(kind, (event) => this.heard(kind, event));
  }

  private heard(kind: string, event: MessageEvent<string>): void {
    this.heardAt = Date.now();
    if (event.lastEventId) this.lastEventId = event.lastEventId;
    this.listener.event(kind, event.data);
  }

  private drop(now: number): void {
    this.source?.close();
    this.source = null;
    this.reopenAt = now + backoffMilliseconds(this.failures++);
    this.listener.dropped();
  }
}
