// One stream for all walls of this browser: over HTTP/1.1 a browser opens six connections to a host, and a stream in
// each wall would leave none to ask with.
import { Leap } from "../../shared/leap";
import type { FromPage } from "./messages";
import { Stream } from "./stream";
import { Switchboard } from "./switchboard";

const BEAT_MILLISECONDS = 500;

const now = () => performance.now();
const leap = new Leap();
const pages: Switchboard = new Switchboard(() => stream.open);
const stream: Stream = new Stream(
  {
    opened: () => pages.tell({ say: "open" }),
    dropped: () => pages.tell({ say: "closed" }),
    event: (kind, data) => pages.tell({ say: "event", kind, data }),
  },
  now,
);

addEventListener("connect", (event) => {
  const [port] = (event as MessageEvent).ports;
  if (!port) return;
  port.onmessage = ({ data }: MessageEvent<FromPage>) => {
    pages.hear(port, data, now());
    stream.tick(pages.source);
  };
});

setInterval(() => {
  if (leap.seen(now(), Date.now())) stream.renew();
  pages.forget(now());
  stream.tick(pages.source);
}, BEAT_MILLISECONDS);
