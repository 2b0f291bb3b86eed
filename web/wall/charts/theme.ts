import type uPlot from "uplot";
import { hourMinute } from "../../shared/format";

export const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

interface AxisLook {
  unit: number; // pixels
  splits: number[];
}

const font = (unit: number): string => `600 ${(unit * 2.65).toFixed(1)}px "Plus Jakarta Sans Variable", sans-serif`;

/** The upright axis: its zero line, and labels that can be read from afar. */
export function valueAxis({ unit, splits }: AxisLook, write: (value: number) => string): uPlot.Axis {
  const widest = Math.max(...splits.map((split) => write(split).length));
  return {
    font: font(unit),
    gap: unit,
    grid: { stroke: css("--grid"), width: Math.max(1, unit * 0.18) },
    size: unit * (2 + widest * 1.75),
    splits: () => splits,
    stroke: css("--soft"),
    ticks: { show: false },
    values: (_chart, values) => values.map(write),
  };
}

export function timeAxis({ unit, splits }: AxisLook): uPlot.Axis {
  return {
    font: font(unit),
    gap: unit * 0.9,
    grid: { show: false },
    size: unit * 4.4,
    splits: () => splits,
    stroke: css("--soft"),
    ticks: { show: false },
    values: (_chart, values) => values.map((seconds) => hourMinute(seconds * 1000)),
  };
}

export const still: Pick<uPlot.Options, "cursor" | "legend" | "select"> = {
  cursor: { show: false },
  legend: { show: false },
  select: { show: false, left: 0, top: 0, width: 0, height: 0 },
};
