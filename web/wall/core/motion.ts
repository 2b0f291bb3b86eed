import { prefersReducedMotion } from "svelte/motion";

/** A span of movement in milliseconds: none for whoever asked for less motion. */
export const moving = (milliseconds: number): number => (prefersReducedMotion.current ? 0 : milliseconds);

export const GLIDE_MILLISECONDS = 600;
export const FADE_MILLISECONDS = 500;
