import { expect, it } from "vitest";
import css from "../shared/tokens.css?raw";
import { coloursOf, contrast } from "./colours";

const colours = coloursOf(css);
const said = ["text", "soft", "comments", "likes", "posts", "views", "positive", "neutral", "negative", "amber"];

it.each(said)("%s stands out at least 7:1 from both grounds", (name) => {
  for (const ground of ["ground", "panel"]) {
    expect(contrast(colours[name], colours[ground])).toBeGreaterThanOrEqual(7);
  }
});

it("neighbours in a bar differ in lightness, not in hue alone", () => {
  for (const [one, other] of [["comments", "likes"], ["likes", "posts"], ["positive", "neutral"], ["neutral", "negative"]]) {
    expect(contrast(colours[one ?? ""] ?? "", colours[other ?? ""] ?? "")).toBeGreaterThan(1.15);
  }
});
