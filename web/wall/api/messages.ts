// What a page and the worker that holds the stream for all pages say to each other.
import type { Source } from "./stream";

/** A page says every few seconds that it is there, and what to open; `gone` as it is left. */
export type FromPage = { say: "here"; source: Source } | { say: "gone" };

/** The worker answers each `here` with whether the stream is open, and passes events on. */
export type FromWorker = { say: "open" | "closed" } | { say: "event"; kind: string; data: string };
