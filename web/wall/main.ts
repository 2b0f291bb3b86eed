import "@fontsource-variable/plus-jakarta-sans";
import "uplot/dist/uPlot.min.css";
import "../shared/tokens.css";
import "../shared/parts.css";
import "./style/base.css";
import { mount } from "svelte";
import { Feed } from "./api/feed.svelte";
import { readSettings } from "../shared/settings";
import { started } from "../shared/start";
import Wall from "./Wall.svelte";

const FONT_WAIT_MILLISECONDS = 3_000;

/** Charts draw their figures once: the typeface has to be there first. Without it the wall shows in another one. */
async function typeface(): Promise<void> {
  const loaded = document.fonts.load('600 20px "Plus Jakarta Sans Variable"', "0aZ");
  const patience = new Promise((resolve) => setTimeout(resolve, FONT_WAIT_MILLISECONDS));
  await Promise.race([loaded, patience]);
}

const settings = readSettings(window.location.search);
document.documentElement.style.setProperty("--skala", String(settings.scale));
await typeface().catch(() => undefined);
const feed = new Feed(settings);
feed.start();
mount(Wall, { target: document.body, props: { feed, settings } });
started();
