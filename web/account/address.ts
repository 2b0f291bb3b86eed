// What the address of the page says: /akun/{account}?jendela=24h or ?bulan=2026-11, &saat=2026-11-21T12:00:00Z
import { WINDOWS, type WindowName } from "../shared/settings";

export const FOLDER = "/akun/";

export type Period = { window: WindowName; at: string | null } | { month: string };

/** The account that a path names; null when the path is broken. Some proxies put a prefix before it. */
export function accountOf(path: string, prefix = ""): string | null {
  const folder = path.startsWith(prefix + FOLDER) ? prefix + FOLDER : FOLDER;
  try {
    return decodeURIComponent(path.slice(folder.length)) || null;
  } catch {
    return null;
  }
}

export function periodOf(query: string): Period {
  const given = new URLSearchParams(query);
  const month = /^\d{4}-(0[1-9]|1[0-2])$/.exec(given.get("bulan") ?? "")?.[0];
  if (month) return { month };
  return { window: WINDOWS.find((one) => one === given.get("jendela")) ?? "24h", at: given.get("saat") };
}

/** As the page's own address has it. */
export function queryOf(period: Period): string {
  if ("month" in period) return `?bulan=${period.month}`;
  return `?jendela=${period.window}${period.at === null ? "" : `&saat=${encodeURIComponent(period.at)}`}`;
}

/** As the API wants it. */
export function endpoint(account: string, what: "explain" | "metrics", period: Period): string {
  const base = `/v1/accounts/${encodeURIComponent(account)}/${what}`;
  if ("month" in period) return `${base}?month=${period.month}`;
  return `${base}?window=${period.window}${period.at === null ? "" : `&at=${encodeURIComponent(period.at)}`}`;
}

/** The running month and those before it, newest first. */
export function monthsUntil(key: string, count: number): string[] {
  const [year = 0, month = 1] = key.split("-").map(Number);
  return Array.from({ length: count }, (_, back) => new Date(Date.UTC(year, month - 1 - back, 1)).toISOString().slice(0, 7));
}

/** Only addresses that a browser opens as a page: a link may say anything. */
export function safeLink(address: string | null): string | null {
  if (address === null) return null;
  try {
    return ["https:", "http:"].includes(new URL(address).protocol) ? address : null;
  } catch {
    return null;
  }
}
