// Full-jitter exponential backoff, so that walls which lost one server do not come back in one instant.
const FIRST_MILLISECONDS = 1_000;
const LONGEST_MILLISECONDS = 30_000;

export function backoffMilliseconds(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.min(failures, 10));
  return ceiling / 2 + (random() * ceiling) / 2;
}
