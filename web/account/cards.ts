// The account's figures as cards: a name, a value, and what it means. Pure.
import { day, decimal, duration, hourMinute, whole } from "../shared/format";
import type { Figures } from "./schema";
import { change, percentOf } from "./words";

export interface Card {
  name: string;
  value: string;
  details: string[];
}

const NONE = "–";
const told = <T>(value: T | null, words: (value: T) => string): string => (value === null ? NONE : words(value));

export function cards(of: Figures): Card[] {
  return [followers(of), engagement(of), cadence(of), replies(of), voice(of), mood(of), quality(of)];
}

function followers({ followers: one }: Figures): Card {
  const grown =
    one.change === null
      ? "Belum ada dua pembacaan pada rentang ini"
      : `${change(one.change)} pada rentang ini${one.change_share === null ? "" : ` (${change(100 * one.change_share)}%)`}`;
  return { name: "Pengikut", value: told(one.known, whole), details: [grown] };
}

function engagement({ engagement: one }: Figures): Card {
  const details = ["Suka dan komentar per unggahan per pengikut"];
  if (one.popularity !== null) details.push(`${decimal(one.popularity)} suka per unggahan per 1.000 pengikut`);
  if (one.commitment !== null) details.push(`${decimal(one.commitment)} komentar per unggahan per 1.000 pengikut`);
  return { name: "Tingkat keterlibatan", value: told(one.rate, percentOf), details };
}

function cadence({ cadence: one }: Figures): Card {
  return {
    name: "Irama unggahan",
    value: told(one.posts_per_day, (value) => `${decimal(value)} per hari`),
    details: [
      `${whole(one.posts)} unggahan, pada ${whole(one.days_with_post)} dari ${whole(one.days)} hari`,
      `Jeda terpanjang ${duration(one.longest_gap_hours * 3600)}`,
    ],
  };
}

function replies({ replies: one }: Figures): Card {
  const details =
    one.comments === 0
      ? ["Belum ada komentar warga yang terkumpul pada rentang ini"]
      : [`${whole(one.answered)} dari ${whole(one.comments)} komentar warga dijawab akun ini`];
  if (one.p90_seconds !== null) details.push(`Sembilan dari sepuluh dalam ${duration(one.p90_seconds)}`);
  if (one.within_12h_share !== null) details.push(`${percentOf(one.within_12h_share)} dijawab dalam 12 jam`);
  if (one.oldest_open_question_at !== null) {
    const at = one.oldest_open_question_at;
    details.push(`Pertanyaan terlama tanpa jawaban sejak ${day(at)} pukul ${hourMinute(at)} WIB`);
  }
  return { name: "Kecepatan membalas", value: told(one.median_seconds, duration), details };
}

const voice = (of: Figures): Card => ({
  name: "Porsi suara",
  value: told(of.share_of_voice, percentOf),
  details: ["Dari komentar warga yang dihitung pada semua akun"],
});

const mood = (of: Figures): Card => ({
  name: "Sentimen bersih",
  value: told(of.net_sentiment, (value) => change(100 * value)),
  details: ["Persen positif dikurangi persen negatif: −100 sampai 100"],
});

const quality = (of: Figures): Card => ({
  name: "Kualitas interaksi",
  value: told(of.interaction_quality, percentOf),
  details: ["Komentar yang tidak negatif dan lebih dari satu kata"],
});
