import { createSubscriber } from "svelte/reactivity";

// The server's time by the second. It runs on the monotonic clock from the server's last word: a wall's own clock may
// be wrong or be set at any time, and neither ages nor the time on the wall may depend on it.
export class Clock {
  private readonly subscribe = createSubscriber((update) => {
    let timer = 0;
    const strike = () => {
      update();
      timer = window.setTimeout(strike, this.untilNextSecond());
    };
    timer = window.setTimeout(strike, this.untilNextSecond());
    return () => clearTimeout(timer);
  });

  /** `offset`: the server's clock minus performance.now(); null until the server was heard. */
  constructor(private readonly offset: () => number | null) {}

  get known(): boolean {
    return this.offset() !== null;
  }

  /** Milliseconds since 1970; by this machine's clock while the server's is not known. */
  get now(): number {
    this.subscribe();
    return this.read();
  }

  private read(): number {
    return performance.now() + (this.offset() ?? performance.timeOrigin);
  }

  private untilNextSecond(): number {
    return 1000 - (this.read() % 1000);
  }
}
