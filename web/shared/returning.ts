// A page that comes back: made visible, thawed, online again, or out of the browser's cache. Its timers may have stood still.
export function whenBack(act: () => void, { signal }: AbortController): void {
  const heed = (target: EventTarget, event: string, take: (event: Event) => void) =>
    target.addEventListener(event, take, { signal });
  heed(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && act());
  heed(window, "online", act);
  heed(document, "resume", act);
  heed(document, "visibilitychange", () => document.visibilityState === "visible" && act());
}
