/** The way to the service: one request, and what its answer means for whoever asked. */

export interface Answer {
  /** Whether the service took it; `again`: it may be sent once more. */
  state: "ok" | "refused" | "again";
  body: any;
  /** How long to wait before sending again, where the service says so. */
  waitMs: number;
}

export type Send = (path: string, body: unknown, how?: RequestInit) => Promise<Answer>;

// Asked too early, too often, or of a service that is just stopping: the same request may do later.
const AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

export function sending(url: string, key: string, request: typeof fetch): Send {
  const root = url.replace(/\/+$/, "");
  return async (path, body, how = {}) => {
    try {
      const answer = await request(root + path, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
        credentials: "omit",
        ...how,
      });
      const read = await answer.json().catch(() => null);
      const waitMs = 1000 * Number(answer.headers.get("Retry-After")) || 0;
      if (answer.ok && read !== null) return { state: "ok", body: read, waitMs };
      return { state: AGAIN.has(answer.status) ? "again" : "refused", body: read, waitMs };
    } catch {
      return { state: "again", body: null, waitMs: 0 };
    }
  };
}
