// What the wall may claim about its data, from three instants.
const LATE_MILLISECONDS = 60_000;
const SILENT_MILLISECONDS = 12_000; // the server is heard every 5 s
const FAILING_MILLISECONDS = 3_000;

export interface Contact {
  now: number;
  heardAt: number | null; // last good answer or stream event
  failing: boolean; // the newest request failed
  newestEventAt: number | null;
}

export type LinkName = "menyambung" | "menunggu" | "langsung" | "tertunda" | "terputus";

export function linkOf({ now, heardAt, failing, newestEventAt }: Contact): LinkName {
  if (heardAt === null) return "menyambung";
  const silence = now - heardAt;
  if (silence > SILENT_MILLISECONDS || (failing && silence > FAILING_MILLISECONDS)) return "terputus";
  if (newestEventAt === null) return "menunggu";
  return now - newestEventAt > LATE_MILLISECONDS ? "tertunda" : "langsung";
}
