// Where the pages live and what lets them read, as the server wrote it into the page.
export interface Serving {
  prefix: string; // of every path of the server: "" or "/pantau"
  session: string; // the header's token; "" where the page carries none
}

const PREFIX = "pantau-prefix";
const SESSION = "pantau-session";
const RENEW_MILLISECONDS = 12 * 3_600_000;

let current: Serving = typeof document === "undefined" ? { prefix: "", session: "" } : { prefix: meta(PREFIX), session: meta(SESSION) };
let takenAt = performance.now();

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

/** What this page knows now. */
export const serving = (): Serving => current;

/** A path of the server as a browser must ask for it: with the prefix that this installation stands under. */
export const address = (path: string): string => current.prefix + path;

/** Lets the page read where the browser keeps no cookies, or does not send them from inside another site's frame. */
export const sessionHeaders = (): Record<string, string> =>
  current.session ? { "X-Pantau-Session": current.session } : {};

/** Whether half of the session's day is over: a renewed one spares the page the refusal at its end. */
export const sessionAges = (): boolean => current.session !== "" && performance.now() - takenAt > RENEW_MILLISECONDS;

/** Takes the newer token out of a page that was fetched again. */
export function takeSession(html: string): void {
  const session = new RegExp(`<meta name="${SESSION}" content="([^"]+)"`).exec(html)?.[1];
  if (!session) return;
  current = { ...current, session };
  takenAt = performance.now();
}
