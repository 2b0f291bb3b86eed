// What the wall may claim of the figures that it shows: live only while every one of them is of now.
import type { Status } from "../../shared/schema";
import { age, clock, day, since } from "../../shared/format";

const LATE_MILLISECONDS = 60_000; // the newest arrival
const UNSCORED_MILLISECONDS = 120_000; // scores are computed every minute
const SILENT_MILLISECONDS = 12_000; // the server is heard every 5 s
const FAILING_MILLISECONDS = 3_000;
const RECHECK_MILLISECONDS = 1_500;
/** What an answer may take beyond its interval before its figures are called old. */
export const GRACE_MILLISECONDS = 5_000;

/** When something was good: `at` by the server's clock, to be told; `goodUntil` by the monotonic one, to be judged. */
export interface Answer {
  at: number;
  goodUntil: number;
  staleSince: number | null; // the server itself gave an old answer
}

export interface Heard {
  at: number; // by the server's clock
  monotonic: number;
}

/** What the server holds and the figures lack. */
export interface Behind {
  commentsAlone: boolean; // posts and readings arrive
  since: number;
}

export interface Contact {
  now: number; // by the server's clock
  monotonic: number;
  heard: Heard | null; // last good answer or status
  failing: boolean; // the newest question for the status found nobody
  newestReceivedAt: number | null | undefined; // undefined: not told yet
  newestScoreAt: number | null;
  behind: Behind | null;
  shown: readonly Answer[]; // those behind the figures on the page
  archive: number | null; // the newest data of a month that is over, when that is what is shown
  empty: boolean; // no scene has anything to say
}

type Late = { what: "data" | "skor" | "angka" | "data tertahan" | "komentar tertahan"; since: number };

export type Link =
  | { name: "menyambung" }
  | { name: "menunggu"; what: "data" | "skor" }
  | { name: "langsung"; newest: number }
  | ({ name: "tertunda" } & Late)
  | { name: "terputus"; since: number }; // of the oldest figure on the page

export type LinkName = Link["name"];

export function behindOf(status: Pick<Status, "behind" | "behind_since"> | null): Behind | null {
  if (!status || status.behind_since === null) return null;
  return { commentsAlone: status.behind.every((flow) => flow === "comments"), since: status.behind_since };
}

export function linkOf(contact: Contact): Link {
  const { heard, monotonic, failing, newestReceivedAt, newestScoreAt } = contact;
  if (heard === null) return { name: "menyambung" };
  const silence = monotonic - heard.monotonic;
  if (silence > SILENT_MILLISECONDS || (failing && silence > FAILING_MILLISECONDS)) {
    const since = contact.shown.map((answer) => answer.staleSince ?? answer.at);
    return { name: "terputus", since: Math.min(heard.at, ...since) };
  }
  const [first, ...others] = lateOnes(contact);
  if (first) {
    const oldest = others.reduce((one, other) => (other.since < one.since ? other : one), first);
    return { name: "tertunda", ...oldest };
  }
  if (newestReceivedAt === undefined) return { name: "menyambung" };
  if (newestReceivedAt === null) return { name: "menunggu", what: "data" };
  if (newestScoreAt === null || contact.empty) return { name: "menunggu", what: "skor" };
  return { name: "langsung", newest: newestReceivedAt };
}

function lateOnes({ now, monotonic, newestReceivedAt, newestScoreAt, behind, shown, archive }: Contact): Late[] {
  const late: Late[] = [];
  if (newestReceivedAt != null) {
    if (now - newestReceivedAt > LATE_MILLISECONDS) late.push({ what: "data", since: newestReceivedAt });
    if (newestScoreAt !== null && now - newestScoreAt > UNSCORED_MILLISECONDS) {
      late.push({ what: "skor", since: newestScoreAt });
    }
  }
  if (behind !== null) {
    late.push({ what: behind.commentsAlone ? "komentar tertahan" : "data tertahan", since: behind.since });
  }
  if (archive !== null) late.push({ what: "data", since: archive });
  for (const answer of shown) {
    if (answer.staleSince !== null) late.push({ what: "angka", since: answer.staleSince });
    else if (monotonic > answer.goodUntil) late.push({ what: "angka", since: answer.at });
  }
  return late;
}

/** The machine may have slept: what was known holds only as long as asking again takes. */
export const doubted = (answer: Answer, monotonic: number): Answer => ({
  ...answer,
  goodUntil: Math.min(answer.goodUntil, monotonic + RECHECK_MILLISECONDS),
});

export const doubtedHeard = (heard: Heard, monotonic: number): Heard => ({
  ...heard,
  monotonic: Math.min(heard.monotonic, monotonic + RECHECK_MILLISECONDS - SILENT_MILLISECONDS),
});

/** The header's second line; `brief` where there is little room. */
export function linkNote(link: Link, now: number, brief = false): string {
  switch (link.name) {
    case "menyambung":
      return "menghubungi server";
    case "menunggu":
      return `belum ada ${link.what}`;
    case "langsung":
      return `data ${age(now - link.newest)} lalu`;
    case "tertunda":
      return `${brief ? "" : `${link.what} `}sejak ${since(link.since, now)}`;
    case "terputus":
      return day(link.since) === day(now) ? `angka pukul ${clock(link.since)}` : `angka ${day(link.since)}`;
  }
}
