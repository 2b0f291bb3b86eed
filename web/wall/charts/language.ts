// uPlot hands navigator.language to Intl as it loads, and a kiosk started with the POSIX language says "en-US@posix",
// which Intl refuses. Must be imported before uPlot. Nothing here is written in the browser's language anyway.
const OURS = "id-ID";

export function usable(language: unknown): boolean {
  try {
    new Intl.NumberFormat(language as string);
    return true;
  } catch {
    return false;
  }
}

if (typeof navigator !== "undefined" && !usable(navigator.language)) {
  Object.defineProperty(navigator, "language", { value: OURS, configurable: true });
}
