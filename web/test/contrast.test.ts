import { expect, it } from "vitest";
import css from "../shared/tokens.css?raw";

const colours = Object.fromEntries([...css.matchAll(/--(\w+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

const contrast = (one: string, other: string): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

const said = ["text", "soft", "comments", "likes", "posts", "views", "positive", "neutral", "negative", "amber"];

it.each(said)("%s stands out at least 7:1 from both grounds", (name) => {
  for (const ground of ["ground", "panel"]) {
    expect(contrast(colours[name] ?? "", colours[ground] ?? "")).toBeGreaterThanOrEqual(7);
  }
});

it("neighbours in a bar differ in lightness, not in hue alone", () => {
  for (const [one, other] of [["comments", "likes"], ["likes", "posts"], ["positive", "neutral"], ["neutral", "negative"]]) {
    expect(contrast(colours[one ?? ""] ?? "", colours[other ?? ""] ?? "")).toBeGreaterThan(1.15);
  }
});
