// What the wall reads of the public API. Fields that it does not show are not listed and are dropped.
import * as v from "valibot";

const instant = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number("not an instant"),
);
const maybe = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);

/** Every answer: since when it is old, while the server cannot read its database. */
const stale = { stale_since: maybe(instant) };

export const METRICS = ["comments", "likes", "posts", "views"] as const;
export type Metric = (typeof METRICS)[number];

const part = v.object({
  raw: maybe(v.number()),
  weight: v.number(),
  points: maybe(v.number()),
});

const mix = v.object({ positive: v.number(), neutral: v.number(), negative: v.number() });

const score = v.object({
  account_id: v.string(),
  short_name: v.string(),
  rank: maybe(v.number()),
  rank_before: maybe(v.number()),
  score: maybe(v.number()),
  incomplete: v.boolean(),
  completeness: v.number(),
  parts: v.object({ comments: part, likes: part, posts: part, views: part }),
  sentiment: mix,
  newest_event_at: maybe(instant),
  newest_received_at: maybe(instant),
});

export const scoresSchema = v.object({
  ...stale,
  window: maybe(v.string()),
  month: maybe(v.string()),
  at: instant,
  from: instant,
  until: instant,
  status: v.picklist(["live", "past", "provisional", "official"]),
  newest_event_at: maybe(instant),
  simulated: v.boolean(),
  scores: v.array(score),
});

export const pulseSchema = v.object({
  ...stale,
  at: instant,
  minutes: v.array(v.object({ minute: instant, ...mix.entries })),
  rising_negatives: v.array(
    v.object({
      account_id: v.string(),
      short_name: v.string(),
      negative_share: v.number(),
      negatives: v.number(),
      comments: v.number(),
      times_usual: maybe(v.number()),
    }),
  ),
  replies: v.object({ answered: v.number(), median_seconds: maybe(v.number()) }),
});

export const statusSchema = v.object({
  ...stale,
  newest_event_at: maybe(instant),
  newest_received_at: maybe(instant),
  newest_score_at: maybe(instant),
  behind: v.array(v.string()),
  behind_since: maybe(instant),
  simulated: v.boolean(),
  accounts: v.number(),
  accounts_with_data: v.number(),
  clocks_ahead: v.array(v.object({ account_id: v.string(), short_name: v.string(), ahead_seconds: v.number() })),
  build: v.string(),
  now: instant,
});

export const accountSchema = v.object({
  ...stale,
  account_id: v.string(),
  name: v.string(),
  short_name: v.string(),
  simulated: v.boolean(),
  scores: v.record(v.string(), maybe(score)),
  followers: v.array(v.object({ platform: v.string(), followers: maybe(v.number()), observed_at: maybe(instant) })),
  trend: v.array(v.object({ at: instant, score: maybe(v.number()) })),
});

export const changeSchema = v.object({ window: v.string() });

export type Mix = v.InferOutput<typeof mix>;
export type Score = v.InferOutput<typeof score>;
export type Scores = v.InferOutput<typeof scoresSchema>;
export type Pulse = v.InferOutput<typeof pulseSchema>;
export type Status = v.InferOutput<typeof statusSchema>;
export type Account = v.InferOutput<typeof accountSchema>;
