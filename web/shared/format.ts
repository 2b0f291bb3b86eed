// Numbers as id-ID writes them, instants in WIB. Instants and spans are milliseconds here, seconds where named so.
const LOCALE = "id-ID";
const ZONE = "Asia/Jakarta";

const wholeNumber = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const thousands = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 0 });
const instants = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(LOCALE, { timeZone: ZONE, ...options });
const clockFormat = instants({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const minuteFormat = instants({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dateFormat = instants({ weekday: "long", day: "numeric", month: "short", year: "numeric" });
const dayFormat = instants({ day: "numeric", month: "short", year: "numeric" });
const shortDayFormat = instants({ day: "numeric", month: "short" });
const shortMonthFormat = instants({ month: "short", year: "numeric" });
const monthFormat = instants({ month: "long", year: "numeric" });
const partsFormat = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

export const whole = (value: number): string => wholeNumber.format(value);
export const decimal = (value: number): string => oneDecimal.format(value);
export const percent = (value: number): string => `${wholeNumber.format(value)}%`;
export const times = (value: number): string => `${oneDecimal.format(value)}×`;

/** A rate: small ones keep a decimal, so that 0,4 a minute does not read as none; huge ones are in thousands. */
export function rate(value: number): string {
  if (value >= 9999.5) return thousands.format(value);
  return value === 0 || value >= 9.95 ? whole(value) : decimal(value);
}

export const clock = (at: number): string => clockFormat.format(at);
export const hourMinute = (at: number): string => minuteFormat.format(at);
export const date = (at: number): string => dateFormat.format(at);
export const day = (at: number): string => dayFormat.format(at);
export const shortDay = (at: number): string => shortDayFormat.format(at);
export const shortMonth = (at: number): string => shortMonthFormat.format(at);
export const month = (at: number): string => monthFormat.format(at);

/** The calendar month of an instant in WIB as the API wants it: 2026-11. */
export const monthKey = (at: number): string => partsFormat.format(at).slice(0, 7);
export const dayOfMonth = (at: number): number => Number(partsFormat.format(at).slice(8, 10));

export function daysInMonth(key: string): number {
  const [year, monthNumber] = key.split("-").map(Number);
  return new Date(Date.UTC(year ?? 0, monthNumber ?? 0, 0)).getUTCDate();
}

/** Noon UTC of a month's first day: an instant inside that month in any zone. */
export const insideMonth = (key: string): number => Date.parse(`${key}-01T12:00:00Z`);

/** "19.32 WIB" today, "31 Jul 2020" on any other day. */
export function since(at: number, now: number): string {
  return day(at) === day(now) ? `${hourMinute(at)} WIB` : day(at);
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** One unit, rounded down: an age never looks younger in the next larger unit. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < MINUTE) return `${seconds} dtk`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} mnt`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} jam`;
  return `${whole(Math.floor(seconds / DAY))} hari`;
}

const LONG_AGO_DAYS = 100;

/** "4 dtk lalu"; what is older than 99 days is told by its month. */
export function ago(at: number, now: number): string {
  return now - at < LONG_AGO_DAYS * DAY * 1000 ? `${age(now - at)} lalu` : shortMonth(at);
}

/** At most two units: "42 dtk", "12 mnt", "3 jam 20 mnt", "2 hari 4 jam". */
export function duration(seconds: number): string {
  if (seconds < MINUTE) return `${Math.round(seconds)} dtk`;
  if (seconds < HOUR) return `${Math.round(seconds / MINUTE)} mnt`;
  const minutes = Math.round(seconds / MINUTE);
  if (seconds < DAY) return two(Math.floor(minutes / 60), "jam", minutes % 60, "mnt");
  const hours = Math.round(seconds / HOUR);
  return two(Math.floor(hours / 24), "hari", hours % 24, "jam");
}

/** The nearest whole of one unit: 6 h 59 min are "7 jam". */
export function about(seconds: number): string {
  if (seconds < 1.5 * MINUTE) return `${Math.round(seconds)} dtk`;
  if (seconds < 1.5 * HOUR) return `${Math.round(seconds / MINUTE)} mnt`;
  if (seconds < 1.5 * DAY) return `${Math.round(seconds / HOUR)} jam`;
  return `${whole(Math.round(seconds / DAY))} hari`;
}

function two(large: number, largeName: string, small: number, smallName: string): string {
  return small === 0 ? `${large} ${largeName}` : `${large} ${largeName} ${small} ${smallName}`;
}
