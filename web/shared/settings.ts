// The wall's settings stand in its address, e.g. /wall?putar=30&skala=2&adegan=peringkat
export const SCENES = ["peringkat", "denyut", "disorot", "bulan"] as const;
export type SceneName = (typeof SCENES)[number];

export const WINDOWS = ["1h", "24h", "7d", "30d"] as const;
export type WindowName = (typeof WINDOWS)[number];

export interface Settings {
  turnSeconds: number;
  scale: number;
  pinned: SceneName | null;
  window: WindowName;
  staleMinutes: number;
  month: string | null;
}

function number(text: string | null, fallback: number, least: number, most: number): number {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text.replace(",", "."));
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : fallback;
}

function choice<T extends string, F>(text: string | null, choices: readonly T[], fallback: F): T | F {
  return choices.find((one) => one === text) ?? fallback;
}

export function readSettings(query: string): Settings {
  const given = new URLSearchParams(query);
  return {
    turnSeconds: number(given.get("putar"), 20, 1, 3600),
    scale: number(given.get("skala"), 1, 0.5, 4),
    pinned: choice(given.get("adegan"), SCENES, null),
    window: choice(given.get("jendela"), WINDOWS, "24h"),
    staleMinutes: number(given.get("basi"), 60, 1, 10_080),
    month: /^\d{4}-(0[1-9]|1[0-2])$/.exec(given.get("bulan") ?? "")?.[0] ?? null,
  };
}
