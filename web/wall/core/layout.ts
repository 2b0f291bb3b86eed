// How much fits. One unit is a hundredth of the wall's height (of a 16:9 picture inside it, where it is narrower),
// times the scale. The style sheets compute the same unit for sizes; here it decides rows and panels.
export interface Layout {
  unit: number; // pixels
  rows: number;
  sidePanel: boolean;
  compact: boolean; // too narrow for one-line rows
}

const CHROME_UNITS = 25; // header, legend, footer and the gaps between them
const ROW_UNITS = 7.3;
const COMPACT_CHROME_UNITS = 23.5;
const COMPACT_ROW_UNITS = 8.6;

export function layoutFor(width: number, height: number, scale: number): Layout {
  const unit = Math.min(height / 100, (width * 0.5625) / 100) * scale;
  const wide = width / unit;
  const high = height / unit;
  const compact = wide < 140;
  const room = compact ? (high - COMPACT_CHROME_UNITS) / COMPACT_ROW_UNITS : (high - CHROME_UNITS) / ROW_UNITS;
  return { unit, rows: Math.max(2, Math.min(10, Math.floor(room))), sidePanel: wide >= 165, compact };
}
