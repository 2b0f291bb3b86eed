// uPlot as everything here imports it: the browser's language is made usable first.
import "./language";
export { default } from "uplot";
