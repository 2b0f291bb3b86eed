import * as v from "valibot";

const TIMEOUT_MILLISECONDS = 10_000;
export const PAGE = "/wall";

/** The server answered, with a refusal. */
export class Refusal extends Error {
  constructor(
    path: string,
    readonly status: number,
  ) {
    super(`${path} answered ${status}`);
  }
}

/** Where the server has this path. */
export const address = (path: string): string => path;

/** The session, for browsers that refuse cookies. */
export const sessionHeaders = (): Record<string, string> => ({});

async function get(path: string): Promise<Response> {
  return fetch(address(path), {
    headers: { ...sessionHeaders(), accept: "application/json" },
    cache: "no-store",
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
}

/** Fetches and checks one answer; throws on any fault (network, status, shape). */
export async function fetchJson<S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
  let answer = await get(path);
  if (answer.status === 401 || answer.status === 403) {
    await pageAnswers(); // renews the wall's session cookie
    answer = await get(path);
  }
  if (!answer.ok) throw new Refusal(path, answer.status);
  return v.parse(schema, await answer.json());
}

/** Whether the wall's own page can be had now: asked before a reload, which would otherwise show an error page. */
export async function pageAnswers(): Promise<boolean> {
  try {
    return (await get(PAGE)).ok;
  } catch {
    return false;
  }
}
