// Which pages the worker serves. A page that is closed says so; one that crashed is forgotten when it has said nothing
// for a while. A hidden page's timers strike once a minute, so a while is longer than that.
import type { FromPage, FromWorker } from "./messages";
import type { Source } from "./stream";

const FORGET_MILLISECONDS = 150_000;

export interface Port {
  postMessage(message: FromWorker): void;
}

export class Switchboard {
  private readonly heardAt = new Map<Port, number>();
  /** What the newest word of any page wants opened. */
  private wanted: Source | null = null;

  constructor(private readonly open: () => boolean) {}

  get pages(): number {
    return this.heardAt.size;
  }

  /** Null when no page is left. */
  get source(): Source | null {
    return this.pages > 0 ? this.wanted : null;
  }

  hear(port: Port, message: FromPage, now: number): void {
    if (message.say === "gone") {
      this.heardAt.delete(port);
      return;
    }
    this.heardAt.set(port, now);
    this.wanted = message.source;
    port.postMessage({ say: this.open() ? "open" : "closed" });
  }

  tell(message: FromWorker): void {
    for (const port of this.heardAt.keys()) port.postMessage(message);
  }

  forget(now: number): void {
    for (const [port, heardAt] of this.heardAt) {
      if (now - heardAt > FORGET_MILLISECONDS) this.heardAt.delete(port);
    }
  }
}
