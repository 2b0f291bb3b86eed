// What the page of one account reads of the public API. Fields that it does not show are not listed and are dropped.
import * as v from "valibot";
import { METRICS } from "../shared/schema";

export { METRICS, type Metric } from "../shared/schema";

const instant = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number("not an instant"),
);
const maybe = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);
const byMetric = <S extends v.GenericSchema>(schema: S) =>
  v.object({ comments: schema, likes: schema, posts: schema, views: schema } satisfies Record<(typeof METRICS)[number], S>);

const part = v.object({
  raw: maybe(v.number()),
  normalised: maybe(v.number()),
  weight: v.number(),
  points: maybe(v.number()),
});

const platformPart = v.object({
  ...part.entries,
  earned: maybe(v.number()),
  limits: maybe(v.object({ low: v.number(), high: v.number(), peers: v.number() })),
});

const readings = v.object({
  fallen: v.object({ readings: v.number(), amount: v.number() }),
  baselines: v.object({ readings: v.number(), amount: v.number() }),
  redefined: v.number(),
});

const leftOut = v.object({
  posts_deleted: v.number(),
  posts_above_daily_limit: v.number(),
  comments_seen: v.number(),
  comments_counted: v.number(),
  comments_deleted: v.number(),
  comments_by_account: v.number(),
  comments_on_giveaways: v.number(),
  comments_above_cap: v.number(),
  comments_copied_text: v.number(),
  comments_one_word: v.number(),
  readings: v.object({ views: readings, likes: readings, comments: readings }),
});

const platform = v.object({
  platform: v.string(),
  weight: v.number(),
  completeness: v.number(),
  points: v.number(),
  comments_from: maybe(v.picklist(["collected", "counter"])),
  missing: v.array(v.picklist(METRICS)),
  parts: byMetric(platformPart),
});

const post = v.object({
  origin: v.picklist(["post", "without_post", "standing", "others"]),
  platform: maybe(v.string()),
  post_id: maybe(v.string()),
  posts: v.number(),
  published_at: maybe(instant),
  text: v.string(),
  text_shortened: v.boolean(),
  permalink: maybe(v.string()),
  giveaway: v.boolean(),
  deleted: v.boolean(),
  raw: byMetric(maybe(v.number())),
  points: byMetric(maybe(v.number())),
  total: v.number(),
});

const mix = v.object({ positive: v.number(), neutral: v.number(), negative: v.number() });
const period = {
  window: maybe(v.string()),
  month: maybe(v.string()),
  at: instant,
  from: instant,
  until: instant,
  status: v.picklist(["live", "past", "provisional"]),
  simulated: v.boolean(),
  stale_since: maybe(instant),
};

export const explanationSchema = v.object({
  ...period,
  name: v.string(),
  short_name: v.string(),
  active: v.boolean(),
  rules_version: v.string(),
  normaliser: v.string(),
  rules: v.object({
    max_posts_per_day: v.number(),
    max_comments_per_author_and_post: v.number(),
    minimum_posts: v.number(),
    minimum_completeness: v.number(),
  }),
  group: v.string(),
  rank: maybe(v.number()),
  ranked: v.number(),
  posts_missing: v.number(),
  score: maybe(v.number()),
  completeness: v.number(),
  incomplete: v.boolean(),
  newest_event_at: maybe(instant),
  parts: byMetric(part),
  platforms: v.array(platform),
  official: maybe(
    v.object({ revision: v.number(), score: maybe(v.number()), rank: maybe(v.number()), as_explained: v.boolean() }),
  ),
  platforms_without_weight: v.array(v.string()),
  posts: v.array(post),
  sentiment: mix,
  left_out: leftOut,
});

const figures = v.object({
  followers: v.object({
    known: maybe(v.number()),
    first: maybe(v.number()),
    first_at: maybe(instant),
    last: maybe(v.number()),
    last_at: maybe(instant),
    change: maybe(v.number()),
    change_share: maybe(v.number()),
  }),
  engagement: v.object({
    engagements: maybe(v.number()),
    rate: maybe(v.number()),
    popularity: maybe(v.number()),
    commitment: maybe(v.number()),
  }),
  cadence: v.object({
    posts: v.number(),
    posts_per_day: maybe(v.number()),
    days: v.number(),
    days_with_post: v.number(),
    longest_gap_hours: v.number(),
  }),
  replies: v.object({
    comments: v.number(),
    answered: v.number(),
    median_seconds: maybe(v.number()),
    p90_seconds: maybe(v.number()),
    within_12h_share: maybe(v.number()),
    unanswered: v.number(),
    oldest_open_at: maybe(instant),
    open_questions: v.number(),
    oldest_open_question_at: maybe(instant),
  }),
  comments_counted: v.number(),
  share_of_voice: maybe(v.number()),
  sentiment: mix,
  net_sentiment: maybe(v.number()),
  interaction_quality: maybe(v.number()),
});

export const metricsSchema = v.object({
  ...period,
  total: figures,
  platforms: v.array(v.object({ platform: v.string(), ...figures.entries })),
});

export type Explanation = v.InferOutput<typeof explanationSchema>;
export type Platform = Explanation["platforms"][number];
export type Post = Explanation["posts"][number];
export type LeftOut = Explanation["left_out"];
export type AccountMetrics = v.InferOutput<typeof metricsSchema>;
export type Figures = AccountMetrics["total"];
