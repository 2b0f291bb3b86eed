// Senders whose clock runs ahead: their events carry times that are yet to come.
import type { Status } from "../../shared/schema";
import { about } from "../../shared/format";

const TURN_MILLISECONDS = 6_000;

export interface SenderNotice {
  name: string;
  ahead: string;
  others: string;
}

/** One account at a time, the others as a number; null when all clocks are right. */
export function senderNotice(clocks: Status["clocks_ahead"], now: number): SenderNotice | null {
  const worst = new Map<string, Status["clocks_ahead"][number]>();
  for (const one of clocks) {
    const known = worst.get(one.account_id);
    if (!known || one.ahead_seconds > known.ahead_seconds) worst.set(one.account_id, one);
  }
  const accounts = [...worst.values()];
  const told = accounts[Math.floor(now / TURN_MILLISECONDS) % accounts.length];
  if (!told) return null;
  return {
    name: told.short_name,
    ahead: about(told.ahead_seconds),
    others: accounts.length > 1 ? `+${accounts.length - 1} lainnya` : "",
  };
}
