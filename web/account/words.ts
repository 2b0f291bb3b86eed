// What the figures mean, in plain words. Pure.
import { decimal, percent, whole } from "../shared/format";
import { METRIC_WORDS, platformWord } from "../shared/words";
import { METRICS, type Explanation, type LeftOut, type Metric, type Platform } from "./schema";

const LOCALE = "id-ID";
const FEW_PEERS = 5; // of fewer, the 5th and the 95th percentile are hardly more than the extremes
const exact = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
const hundredths = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const upToFour = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 4 });
const signed = new Intl.NumberFormat(LOCALE, { signDisplay: "exceptZero", maximumFractionDigits: 2 });

export const points = (value: number): string => hundredths.format(value);
export const pointsExactly = (value: number): string => exact.format(value);
export const share = (value: number): string => upToFour.format(value);
export const change = (value: number): string => signed.format(value);
export const percentOf = (value: number): string => `${upToFour.format(Math.round(value * 10_000) / 100)}%`;

/** A limit in raw units: whole numbers where the metric has only these, small ones with a decimal. */
export const limit = (value: number): string =>
  Number.isInteger(value) || value >= 100 ? whole(value) : decimal(value);

/** The most points that a variable can give the account: weights grow where another one is missing. */
export function mostPoints(metric: Metric, platforms: readonly Platform[]): number {
  return platforms.reduce((sum, one) => {
    const part = one.parts[metric];
    return part.raw === null || one.completeness === 0 ? sum : sum + (one.weight * 100 * part.weight) / one.completeness;
  }, 0);
}

export interface Gap {
  metric: Metric;
  points: number;
  most: number;
}

export function gaps(told: Explanation): Gap[] {
  return METRICS.filter((metric) => told.parts[metric].points !== null).map((metric) => ({
    metric,
    points: told.parts[metric].points ?? 0,
    most: mostPoints(metric, told.platforms),
  }));
}

const lower = (metric: Metric): string => METRIC_WORDS[metric].toLowerCase();

/** Two sentences: where the points come from, and where most are left to be had. */
export function summary(told: Explanation): string {
  const all = gaps(told);
  if (all.length === 0) return "";
  const best = all.reduce((one, other) => (other.points > one.points ? other : one));
  const widest = all.reduce((one, other) => (other.most - other.points > one.most - one.points ? other : one));
  const earned =
    best.points > 0
      ? `Poin terbanyak datang dari ${lower(best.metric)}: ${points(best.points)} dari paling banyak ${points(best.most)}.`
      : "Belum ada variabel yang memberi poin pada rentang ini.";
  const left = widest.most - widest.points;
  if (left < 0.005) return `${earned} Semua variabel sudah di batas atas.`;
  return `${earned} Ruang terbesar untuk naik ada di ${lower(widest.metric)}: masih ${points(left)} poin sampai batas atas.`;
}

export interface Reason {
  what: string;
  count: number;
  why: string;
}

const READINGS = [
  ["views", "tayangan"],
  ["likes", "suka"],
  ["comments", "komentar (penghitung platform)"],
] as const;

/** Everything that was left out, with its count; reasons that took nothing are not listed. */
export function reasons(left: LeftOut, rules: Explanation["rules"]): Reason[] {
  const cap = rules.max_comments_per_author_and_post;
  const all: Reason[] = [
    {
      what: "Unggahan di atas batas harian",
      count: left.posts_above_daily_limit,
      why: `Paling banyak ${rules.max_posts_per_day} unggahan pertama sehari yang dihitung. Suka dan tayangannya tetap dihitung.`,
    },
    { what: "Unggahan yang dihapus", count: left.posts_deleted, why: "Unggahan yang sudah tidak ada tidak dihitung." },
    {
      what: "Komentar akun ini sendiri",
      count: left.comments_by_account,
      why: "Balasan admin tidak menambah skor. Kecepatannya membalas ditampilkan di bawah.",
    },
    {
      what: "Komentar di atas batas per orang",
      count: left.comments_above_cap,
      why: `Paling banyak ${cap} komentar seseorang pada satu unggahan yang dihitung, yang paling awal.`,
    },
    {
      what: "Komentar pada unggahan giveaway",
      count: left.comments_on_giveaways,
      why: "Komentar untuk hadiah tidak dihitung. Suka dan tayangan unggahannya tetap dihitung.",
    },
    {
      what: "Komentar salinan",
      count: left.comments_copied_text,
      why: "Teks yang sama dari banyak orang di satu unggahan hanya dihitung sekali. Penandaan ini dapat dibatalkan petugas.",
    },
    {
      what: "Komentar satu kata",
      count: left.comments_one_word,
      why: "Hampir semua komentar unggahannya hanya satu kata. Penandaan ini dapat dibatalkan petugas.",
    },
    { what: "Komentar yang dihapus", count: left.comments_deleted, why: "Komentar yang sudah tidak ada tidak dihitung." },
  ];
  for (const [metric, word] of READINGS) {
    const { fallen, baselines, redefined } = left.readings[metric];
    all.push(
      {
        what: `Angka ${word} yang turun`,
        count: fallen.readings,
        why: `Platform menurunkan angkanya, seluruhnya ${whole(fallen.amount)}. Turun dihitung 0, tidak pernah minus.`,
      },
      {
        what: `Angka awal ${word} unggahan lama`,
        count: baselines.readings,
        why: `Sudah ${whole(baselines.amount)} ketika unggahan lama pertama kali dibaca; hanya tambahannya yang dihitung.`,
      },
      {
        what: `Angka ${word} dengan arti baru`,
        count: redefined,
        why: "Platform mengubah cara menghitungnya, jadi angka itu menjadi titik awal yang baru.",
      },
    );
  }
  return all.filter((one) => one.count > 0);
}

export interface Note {
  text: string;
  incomplete: boolean;
}

/** What is missing altogether, or comes from elsewhere; one sentence each. */
export function notes(told: Explanation): Note[] {
  const said: Note[] = [];
  const say = (text: string, incomplete = false) => said.push({ text, incomplete });
  for (const one of told.platforms) {
    const name = platformWord(one.platform);
    if (one.missing.length > 0) {
      const words = one.missing.map(lower).join(" dan ");
      say(`${name} tidak memberi angka ${words}; bobotnya dibagikan ke variabel yang ada.`, true);
    }
    const peers = Math.min(...METRICS.map((metric) => one.parts[metric].limits?.peers ?? Infinity));
    if (peers < FEW_PEERS) {
      say(`Di ${name} baru ${whole(peers)} akun yang dibandingkan, jadi letaknya belum banyak berarti.`, true);
    }
    if (one.comments_from === "counter") {
      say(`Komentar di ${name} diambil dari penghitung platform, karena tidak ada yang terkumpul satu per satu.`);
    }
  }
  for (const name of told.platforms_without_weight) {
    say(`${platformWord(name)} tidak ikut dalam skor: bobotnya 0 di berkas aturan.`);
  }
  return said;
}

/** Why there is no rank; null when there is one. */
export function unranked(told: Explanation): string | null {
  if (told.rank !== null) return null;
  if (!told.active) return "Akun ini dinonaktifkan, jadi tidak dinilai.";
  if (told.score === null) return "Belum ada data akun ini pada rentang ini.";
  if (told.posts_missing > 0) return `Belum diperingkat: kurang ${whole(told.posts_missing)} unggahan dari batas paling sedikit.`;
  const needed = percent(100 * told.rules.minimum_completeness);
  return `Belum diperingkat: datanya ${percent(100 * told.completeness)} lengkap, paling sedikit ${needed}.`;
}

/** How a frozen month's figures stand to those that are explained; null where none is frozen. */
export function official(told: Explanation): Note | null {
  const then = told.official;
  if (then === null) return null;
  if (then.as_explained) return { text: `Sama dengan skor resmi bulan ini (revisi ${then.revision}).`, incomplete: false };
  const score = then.score === null ? "tanpa skor" : points(then.score);
  const rank = then.rank === null ? "tanpa peringkat" : `peringkat ${whole(then.rank)}`;
  const text = `Skor resmi bulan ini (revisi ${then.revision}): ${score}, ${rank}. Halaman ini menghitung dari data sekarang, yang berubah sesudah dibekukan.`;
  return { text, incomplete: true };
}

const LIMIT_WORDS: Record<string, [string, string]> = {
  log_winsor: ["P5", "P95"],
  per_1000_followers: ["P5 per 1.000 pengikut", "P95 per 1.000 pengikut"],
  share_of_max: ["nol", "tertinggi"],
  percentile: ["terendah", "tertinggi"],
};

export const limitWords = (normaliser: string): [string, string] => LIMIT_WORDS[normaliser] ?? ["batas bawah", "batas atas"];
