import { createContext } from "svelte";
import type { Feed } from "./api/feed.svelte";
import type { Clock } from "./core/clock.svelte";
import type { Layout } from "./core/layout";
import type { Settings } from "../shared/settings";

export interface Wall {
  feed: Feed;
  clock: Clock;
  settings: Settings;
  readonly layout: Layout;
}

export const [wall, provideWall] = createContext<Wall>();
