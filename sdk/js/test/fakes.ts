/** A browser's storage and a service, in memory. */

export function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (name) => kept.get(name) ?? null,
    key: (place) => [...kept.keys()][place] ?? null,
    removeItem: (name) => void kept.delete(name),
    setItem: (name, value) => void kept.set(name, value),
  };
}

export function brokenStorage(): Storage {
  const fail = () => {
    throw new DOMException("forbidden");
  };
  return { length: 0, clear: fail, getItem: fail, key: fail, removeItem: fail, setItem: fail };
}

export interface Request {
  path: string;
  body: any;
  keepalive: boolean;
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | "no network";

/** A service whose answer to each request is what `answer` says, after `delayMs`. */
export function service(answer: (request: Request) => Answer, delayMs = 0) {
  const requests: Request[] = [];
  const request = async (url: string | URL | globalThis.Request, how?: RequestInit) => {
    const one = {
      path: new URL(String(url)).pathname,
      body: JSON.parse(String(how?.body)),
      keepalive: how?.keepalive ?? false,
    };
    requests.push(one);
    if (delayMs) await new Promise((done) => setTimeout(done, delayMs));
    const told = answer(one);
    if (told === "no network") throw new TypeError("fetch failed");
    const { status = 200, body = {}, headers = {} } = told;
    return new Response(JSON.stringify(body), { status, headers });
  };
  return { requests, fetch: request as typeof fetch };
}

/** Keep every signal and outcome, and decide for `sneakers`; a slate has `goggles` below, then ends. */
export function agreeable({ path, body }: Request): Answer {
  if (path === "/v1/slates") {
    const names = ["sneakers", "goggles", "nothing"].slice(0, body.k);
    const decisions = names.map((name, n) => ({ id: `s1-${n + 1}`, action: { name } }));
    return { body: { id: "s1", decisions } };
  }
  if (path !== "/v1/decisions") return { body: { items: body.items.map(() => ({ kept: true })) } };
  const action = { name: "sneakers", content: "Run", features: { price: 80 } };
  return { body: { id: "d1", action, propensity: 0.5 } };
}
