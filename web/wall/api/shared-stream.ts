// A page's end of the stream that all walls of a browser share. Where there is no SharedWorker, or it fails, there is
// no stream and the feed asks more often: a stream of its own would take a connection from the other walls.
import { backoffMilliseconds } from "./backoff";
import type { FromPage, FromWorker } from "./messages";
import type { Source, StreamListener } from "./stream";

const HERE_MILLISECONDS = 5_000;
const SILENCE_MILLISECONDS = 20_000; // the worker answers each word

/** What of a SharedWorker is used. */
export interface Line {
  port: Pick<MessagePort, "postMessage" | "close" | "onmessage">;
  onerror: unknown;
}

export class SharedStream {
  private line: Line | null = null;
  private streaming = false;
  private failures = 0;
  private reopenAt = Number.NEGATIVE_INFINITY;
  private saidAt = Number.NEGATIVE_INFINITY;
  private unansweredSince: number | null = null;

  /** `open` throws where there are no shared workers. */
  constructor(
    private readonly open: () => Line,
    private readonly source: () => Source,
    private readonly listener: StreamListener,
    private readonly now: () => number, // monotonic milliseconds
  ) {}

  tick(): void {
    const now = this.now();
    if (this.unansweredSince !== null && now - this.unansweredSince > SILENCE_MILLISECONDS) this.drop();
    if (!this.line && now >= this.reopenAt) this.connect();
    if (this.line && now - this.saidAt >= HERE_MILLISECONDS) this.sayHere();
  }

  /** Says at once that the page is there: after sleep, or when it came back from the browser's cache. */
  sayHere(): void {
    this.saidAt = this.now();
    this.unansweredSince ??= this.saidAt;
    this.say({ say: "here", source: this.source() });
  }

  /** The page is left. */
  leave(): void {
    this.say({ say: "gone" });
  }

  private say(message: FromPage): void {
    this.line?.port.postMessage(message);
  }

  private connect(): void {
    this.saidAt = Number.NEGATIVE_INFINITY;
    try {
      this.line = this.open();
    } catch {
      this.drop();
      return;
    }
    const line = this.line;
    line.onerror = () => {
      if (this.line === line) this.drop();
    };
    line.port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (this.line === line) this.hear(data);
    };
  }

  private hear(message: FromWorker): void {
    this.unansweredSince = null;
    this.failures = 0;
    if (message.say === "event") this.listener.event(message.kind, message.data);
    else this.turn(message.say === "open");
  }

  private turn(streaming: boolean): void {
    if (streaming === this.streaming) return;
    this.streaming = streaming;
    if (streaming) this.listener.opened();
    else this.listener.dropped();
  }

  private drop(): void {
    this.leave();
    this.line?.port.close();
    this.line = null;
    this.unansweredSince = null;
    this.reopenAt = this.now() + backoffMilliseconds(this.failures++);
    this.turn(false);
  }
}

/** The worker of this build; throws ReferenceError where the browser has none. */
export function openSharedWorker(): SharedWorker {
  return new SharedWorker(new URL("./stream.worker.ts", import.meta.url), { type: "module", name: "pantau" });
}
