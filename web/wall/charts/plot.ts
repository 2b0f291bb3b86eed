// A Svelte attachment around uPlot: one chart per element, resized with it, redrawn on new data, destroyed with it.
import uPlot from "./uplot";

export interface Plot {
  data: uPlot.AlignedData;
  options: Omit<uPlot.Options, "width" | "height">;
}

export function plot(content: () => Plot): (host: HTMLElement) => () => void {
  return (host) => {
    const { data, options } = content();
    const size = () => ({ width: Math.max(1, host.clientWidth), height: Math.max(1, host.clientHeight) });
    const chart = new uPlot({ ...options, ...size() }, data, host);
    // Without it a chart still follows the window: its unit changes, and so it is drawn anew.
    const watcher = typeof ResizeObserver === "function" ? new ResizeObserver(() => chart.setSize(size())) : null;
    watcher?.observe(host);
    return () => {
      watcher?.disconnect();
      chart.destroy();
    };
  };
}
