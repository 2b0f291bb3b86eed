// The play list: which scenes have something to say now, in order.
import type { Account, Pulse, Scores } from "../../shared/schema";
import { mixTotal } from "./bars";
import type { Layout } from "./layout";
import { hourMix, wholeMinutes } from "./pulse";
import { hasScores, scored } from "./ranking";
import type { SceneName } from "../../shared/settings";

export interface Slide {
  key: string;
  scene: SceneName;
  page: number; // from 0
  pages: number;
  title: string; // in the footer while shown
  announced: string; // in the footer before
  place?: string; // the same, when the scene before is of the same kind
}

export interface Known {
  ranked: Scores | null;
  month: Scores | null;
  pulse: Pulse | null;
  spotlight: Account | null;
}

// A scene's second page is only there on walls too narrow for one.
const TITLES = {
  denyut: ["Denyut", "Negatif naik"],
  disorot: ["Akun disorot", "Skor 24 jam"],
  bulan: ["Bulan berjalan"],
} as const;

const MONTH_TITLES = {
  provisional: TITLES.bulan,
  official: ["Bulan resmi"],
  past: ["Bulan arsip"],
  live: ["Bulan arsip"],
} as const;

function rankingSlides(ranked: Scores | null, rows: number): Slide[] {
  if (!hasScores(ranked)) return [];
  const total = scored(ranked).length;
  const pages = Math.ceil(total / rows);
  return Array.from({ length: pages }, (_, page) => {
    const from = page * rows + 1;
    const until = Math.min(total, from + rows - 1);
    const span = from === until ? `${from}` : `${from}–${until}`;
    return {
      key: `peringkat-${page + 1}`,
      scene: "peringkat" as const,
      page,
      pages,
      title: `Peringkat ${span} dari ${total}`,
      announced: `Peringkat ${span}`,
      place: span,
    };
  });
}

function titledSlides(scene: keyof typeof TITLES, titles: readonly string[]): Slide[] {
  return titles.map((title, page) => ({
    key: `${scene}-${page + 1}`,
    scene,
    page,
    pages: titles.length,
    title,
    announced: title,
  }));
}

export const pulseSpeaks = (pulse: Pulse | null): pulse is Pulse =>
  pulse !== null && mixTotal(hourMix(wholeMinutes(pulse))) > 0;

export function playList(known: Known, layout: Layout, pinned: SceneName | null): Slide[] {
  const pages = layout.compact ? 2 : 1;
  const all = rankingSlides(known.ranked, layout.rows);
  if (pulseSpeaks(known.pulse)) all.push(...titledSlides("denyut", TITLES.denyut.slice(0, pages)));
  if (known.spotlight) all.push(...titledSlides("disorot", TITLES.disorot.slice(0, pages)));
  if (hasScores(known.month)) {
    all.push(...titledSlides("bulan", MONTH_TITLES[known.month.status]));
  }
  const chosen = all.filter((slide) => slide.scene === pinned);
  return chosen.length > 0 ? chosen : all;
}

/** The slide after `key`; when that one is gone, the one that took its place. */
export function nextSlide(slides: readonly Slide[], key: string, index: number): Slide | null {
  if (slides.length === 0) return null;
  const at = slides.findIndex((slide) => slide.key === key);
  return slides[(at >= 0 ? at + 1 : index) % slides.length] ?? null;
}

/** What the footer says comes next: only the place, when the scene stays. */
export function announcedAfter(next: Slide, current: Slide | null): string {
  return next.scene === current?.scene && next.place ? next.place : next.announced;
}
