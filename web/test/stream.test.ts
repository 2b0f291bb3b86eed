import { describe, expect, it, vi } from "vitest";
import type { FromPage, FromWorker } from "../wall/api/messages";
import { SharedStream, type Line } from "../wall/api/shared-stream";
import { EventReader } from "../wall/api/sse";
import { Stream } from "../wall/api/stream";
import { Switchboard } from "../wall/api/switchboard";

const source = { url: "http://wall/v1/stream", headers: { session: "s" } };
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("the reader of events", () => {
  const text = ': hello\nretry: 3000\n\nevent: score\nid: 7\ndata: {"a":1}\r\n\r\ndata: x\rdata:y\r\revent: status\ndata: z\n\n';
  const events = [
    { kind: "score", data: '{"a":1}', id: "7" },
    { kind: "message", data: "x\ny", id: "7" },
    { kind: "status", data: "z", id: "7" },
  ];

  it("reads every line end, comments and many lines of data", () => {
    expect(new EventReader().read(text)).toEqual(events);
  });

  it("does not mind where a chunk ends", () => {
    for (let at = 0; at <= text.length; at += 1) {
      const reader = new EventReader();
      expect([...reader.read(text.slice(0, at)), ...reader.read(text.slice(at))]).toEqual(events);
    }
    const reader = new EventReader();
    expect([...text].flatMap((one) => reader.read(one))).toEqual(events);
  });
});

/** A server whose streams a test writes. */
function streamed(status = 200) {
  const asked: { url: string; headers: Record<string, string>; signal: AbortSignal; write: (text: string) => void; end: () => void }[] = [];
  const ask = async (url: string, init: RequestInit): Promise<Response> => {
    let body!: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) });
    init.signal?.addEventListener("abort", () => body.error(new DOMException("aborted", "AbortError")));
    asked.push({
      url,
      headers: init.headers as Record<string, string>,
      signal: init.signal as AbortSignal,
      write: (text) => body.enqueue(new TextEncoder().encode(text)),
      end: () => body.close(),
    });
    return new Response(stream, { status });
  };
  const clock = { now: 0 };
  const heard: string[] = [];
  const stream = new Stream(
    {
      opened: () => heard.push("opened"),
      dropped: () => heard.push("dropped"),
      event: (kind, data) => heard.push(`${kind} ${data}`),
    },
    () => clock.now,
    ask as typeof fetch,
  );
  return { stream, asked, clock, heard };
}

describe("the stream", () => {
  it("carries the session, tells its events, and resumes after the last one", async () => {
    const { stream, asked, clock, heard } = streamed();
    stream.tick(source);
    await settled();
    asked[0]!.write("event: score\nid: 4 2\ndata: {}\n\n");
    await settled();
    expect(asked[0]).toMatchObject({ url: source.url, headers: { session: "s" } });
    expect(heard).toEqual(["opened", "score {}"]);
    asked[0]!.end();
    await settled();
    expect(heard.at(-1)).toBe("dropped");
    stream.tick(source);
    expect(asked).toHaveLength(1); // not before its backoff
    clock.now += 1000;
    stream.tick(source);
    expect(asked[1]!.url).toBe(`${source.url}?last_event_id=4%202`);
  });

  it("is dropped when silent, and closed when no page is left", async () => {
    const { stream, asked, clock, heard } = streamed();
    stream.tick(source);
    await settled();
    clock.now = 20_001;
    stream.tick(source);
    expect(asked[0]!.signal.aborted).toBe(true);
    clock.now += 1000;
    stream.tick(source);
    await settled();
    expect(stream.open).toBe(true);
    stream.tick(null);
    await settled();
    expect(asked[1]!.signal.aborted).toBe(true);
    expect(heard).toEqual(["opened", "dropped", "opened", "dropped"]);
    stream.tick(source);
    expect(asked).toHaveLength(3); // a page that comes back waits for nothing
  });

  it("is opened anew at once after sleep, and later and later where it is refused", async () => {
    const { stream, asked, clock } = streamed(503);
    stream.tick(source);
    await settled();
    expect(stream.open).toBe(false);
    for (let beats = 0; beats < 60; beats += 1) {
      clock.now += 1000;
      stream.tick(source);
      await settled();
    }
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(10);
    const before = asked.length;
    stream.renew();
    stream.tick(source);
    expect(asked).toHaveLength(before + 1);
  });
});

it("a proxy that cuts every stream is asked less and less often", async () => {
  const { stream, asked, clock, heard } = streamed();
  for (const until = 120_000; clock.now < until; clock.now += 500) {
    stream.tick(source);
    await settled();
    if (stream.open) asked.at(-1)!.end();
    await settled();
  }
  expect(heard).toContain("opened");
  expect(asked.length).toBeLessThan(12);
});

it("a stream that was open for long is opened anew at once", async () => {
  const { stream, asked, clock } = streamed();
  for (const _ of [1, 2, 3, 4, 5]) {
    stream.tick(source);
    await settled();
    for (let seconds = 0; seconds < 40; seconds += 10, clock.now += 10_000) {
      asked.at(-1)!.write(": keep-alive\n\n");
      await settled();
    }
    asked.at(-1)!.end();
    await settled();
    clock.now += 1000;
  }
  expect(asked).toHaveLength(5);
});

describe("the switchboard", () => {
  const here = { say: "here", source } as const;
  const page = () => ({ postMessage: vi.fn<(message: FromWorker) => void>() });

  it("tells every page that is there, and no other", () => {
    const board = new Switchboard(() => true);
    const [one, two] = [page(), page()];
    expect(board.source).toBeNull();
    board.hear(one, here, 0);
    board.hear(one, here, 5000);
    board.hear(two, here, 0);
    expect(one.postMessage).toHaveBeenLastCalledWith({ say: "open" });
    board.hear(two, { say: "gone" }, 1);
    board.tell({ say: "event", kind: "score", data: "{}" });
    expect(one.postMessage).toHaveBeenLastCalledWith({ say: "event", kind: "score", data: "{}" });
    expect(two.postMessage).toHaveBeenCalledTimes(1);
    expect([board.pages, board.source]).toEqual([1, source]);
  });

  it("forgets a page that crashed, and knows it again when it speaks", () => {
    const board = new Switchboard(() => false);
    const hidden = page();
    board.hear(hidden, here, 0);
    board.forget(60_000); // a hidden page speaks once a minute
    expect(board.pages).toBe(1);
    board.forget(150_001);
    expect([board.pages, board.source]).toEqual([0, null]);
    board.hear(hidden, here, 200_000);
    expect(board.pages).toBe(1);
    expect(hidden.postMessage).toHaveBeenLastCalledWith({ say: "closed" });
  });
});

function shared(open: () => Line) {
  const clock = { now: 0 };
  const heard: string[] = [];
  const stream = new SharedStream(
    open,
    () => source,
    {
      opened: () => heard.push("opened"),
      dropped: () => heard.push("dropped"),
      event: (kind) => heard.push(kind),
    },
    () => clock.now,
  );
  return { stream, clock, heard };
}

function line() {
  const said: FromPage[] = [];
  const port: Line["port"] = { postMessage: (message: FromPage) => void said.push(message), close: vi.fn(), onmessage: null };
  const whole: Line = { port, onerror: null };
  const tell = (data: FromWorker) => port.onmessage?.call(port as MessagePort, new MessageEvent("message", { data }));
  return { whole, said, tell };
}

describe("a page's end of the shared stream", () => {
  it("says every five seconds that it is there, and tells when the stream opens, speaks and drops", () => {
    const { whole, said, tell } = line();
    const { stream, clock, heard } = shared(() => whole);
    for (clock.now = 0; clock.now <= 10_000; clock.now += 250) {
      stream.tick();
      tell({ say: "open" });
    }
    expect(said).toEqual(Array(3).fill({ say: "here", source }));
    tell({ say: "event", kind: "score", data: "{}" });
    tell({ say: "closed" });
    tell({ say: "closed" });
    expect(heard).toEqual(["opened", "score", "dropped"]);
    stream.leave();
    expect(said.at(-1)).toEqual({ say: "gone" });
  });

  it("takes a worker that does not answer for dead, and tries another", () => {
    const lines = [line(), line()];
    let opened = 0;
    const { stream, clock, heard } = shared(() => lines[opened++]!.whole);
    stream.tick();
    lines[0]!.tell({ say: "open" });
    for (; clock.now <= 30_000; clock.now += 250) stream.tick();
    expect(opened).toBe(2);
    expect(lines[0]!.whole.port.close).toHaveBeenCalledOnce();
    expect(heard).toEqual(["opened", "dropped"]);
    lines[1]!.tell({ say: "open" });
    expect(heard.at(-1)).toBe("opened");
  });

  it("never opens where there are no workers, or the worker's file cannot be loaded", () => {
    const without = shared(() => {
      throw new ReferenceError("SharedWorker is not defined");
    });
    without.stream.tick();
    without.stream.sayHere();
    expect(without.heard).toEqual([]);

    const { whole } = line();
    const broken = shared(() => whole);
    broken.stream.tick();
    (whole.onerror as () => void)();
    expect(whole.port.close).toHaveBeenCalledOnce();
    expect(broken.heard).toEqual([]);
  });
});
