import * as v from "valibot";
import { address, sessionAges, sessionHeaders, takeSession } from "./serving";

export { address, sessionHeaders } from "./serving";

const TIMEOUT_MILLISECONDS = 10_000;
const PAGE = "/wall";

/** The server answered, with a refusal. */
export class Refusal extends Error {
  constructor(
    path: string,
    readonly status: number,
  ) {
    super(`${path} answered ${status}`);
  }
}

/** One answer with its whole body, or a fault: the time is for both. AbortSignal.timeout is not in Chrome 94. */
async function get<T>(path: string, accept: string, read: (answer: Response) => Promise<T>): Promise<T> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), TIMEOUT_MILLISECONDS);
  try {
    const headers = { accept, ...sessionHeaders() };
    return await read(await fetch(address(path), { headers, cache: "no-store", signal: patience.signal }));
  } finally {
    clearTimeout(timer);
  }
}

/** Fetches and checks one answer; throws on any fault (network, status, shape). `path` is without the prefix. */
export async function fetchJson<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
  if (sessionAges()) await pageAnswers();
  let answer = await getJson(path);
  if (answer.status === 401 || answer.status === 403) {
    await pageAnswers(); // renews the session
    answer = await getJson(path);
  }
  if (answer.status < 200 || answer.status > 299) throw new Refusal(path, answer.status);
  return v.parse(schema, answer.content);
}

const getJson = (path: string): Promise<{ status: number; content: unknown }> =>
  get(path, "application/json", async (answer) => ({
    status: answer.status,
    content: answer.ok ? await answer.json() : null,
  }));

/** Whether the wall's own page can be had now: asked before a reload, which would otherwise show an error page. */
export async function pageAnswers(): Promise<boolean> {
  try {
    return await get(PAGE, "text/html", async (answer) => {
      if (answer.ok) takeSession(await answer.text());
      return answer.ok;
    });
  } catch {
    return false;
  }
}
