// Turns the scenes: holds which slide is on, and since when.
import { nextSlide, type Slide } from "./slides";

export class Player {
  private key = $state("");
  private index = $state(0);
  /** Grows with each turn: restarts the footer's progress. */
  turns = $state(0);

  readonly current: Slide | null = $derived.by(() => {
    const slides = this.slides();
    return slides.find((slide) => slide.key === this.key) ?? slides[this.index % slides.length] ?? null;
  });
  readonly next: Slide | null = $derived.by(() => {
    const now = this.current;
    return now ? nextSlide(this.slides(), now.key, this.index) : null;
  });

  constructor(
    private readonly slides: () => Slide[],
    private readonly left: (slide: Slide) => void, // told when a scene ends, its last page over
  ) {}

  turn(): void {
    const before = this.current;
    const after = this.next;
    this.turns += 1;
    if (!after) return;
    this.key = after.key;
    this.index = this.slides().findIndex((slide) => slide.key === after.key);
    if (before && (before.scene !== after.scene || after.page === 0)) this.left(before);
  }
}
