// Sleep, told by two clocks: performance.now() may stand still in a suspended machine, the wall clock goes on. A wall
// clock that was set forward looks the same; then asking anew does no harm. One that was set back means nothing here.
const LEAP_MILLISECONDS = 2_000;

export class Leap {
  private ahead: number | null = null; // the wall clock minus the monotonic one

  /** Whether the wall clock ran ahead since the last look. */
  seen(monotonic: number, wallClock: number): boolean {
    const before = this.ahead;
    this.ahead = wallClock - monotonic;
    return before !== null && this.ahead - before > LEAP_MILLISECONDS;
  }
}
