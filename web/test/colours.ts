/** The colours that a style sheet names, by name. */
export const coloursOf = (css: string): Record<string, string> =>
  Object.fromEntries([...css.matchAll(/--(\w+): (#[0-9a-f]{6});/g)].map(([, name = "", hex = ""]) => [name, hex]));

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** Contrast ratio of two colours, 1 to 21, as WCAG 2 defines it. */
export const contrast = (one = "", other = ""): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
