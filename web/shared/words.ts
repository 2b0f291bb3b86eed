// Every word that stands for a code of the API.
import type { Metric } from "./schema";
import type { WindowName } from "./settings";

export const METRIC_WORDS: Record<Metric, string> = {
  comments: "Komentar",
  likes: "Suka",
  posts: "Unggahan",
  views: "Tayangan",
};

export const WINDOW_WORDS: Record<WindowName, string> = {
  "1h": "1 jam terakhir",
  "24h": "24 jam terakhir",
  "7d": "7 hari terakhir",
  "30d": "30 hari terakhir",
};

export const SENTIMENTS = ["positive", "neutral", "negative"] as const;
export type Sentiment = (typeof SENTIMENTS)[number];

export const SENTIMENT_WORDS: Record<Sentiment, string> = {
  positive: "Positif",
  neutral: "Netral",
  negative: "Negatif",
};

const PLATFORM_WORDS: Record<string, string> = {
  facebook: "Facebook",
  instagram: "Instagram",
  tiktok: "TikTok",
  x: "X",
  youtube: "YouTube",
};

export const platformWord = (platform: string): string => PLATFORM_WORDS[platform] ?? platform;
