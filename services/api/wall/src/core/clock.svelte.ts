import { createSubscriber } from "svelte/reactivity";

// The server's time by the second: a wall's own clock may be wrong, and ages must not depend on it.
export class Clock {
  private readonly subscribe = createSubscriber((update) => {
    let timer = 0;
    const strike = () => {
      update();
      timer = window.setTimeout(strike, 1000 - ((Date.now() + this.offset()) % 1000));
    };
    timer = window.setTimeout(strike, 1000 - ((Date.now() + this.offset()) % 1000));
    return () => clearTimeout(timer);
  });

  constructor(private readonly offset: () => number) {}

  get now(): number {
    this.subscribe();
    return Date.now() + this.offset();
  }
}
