/**
 * What happened, on its way to the service: gathered, sent together, sent again when that failed.
 *
 * Rule 1: each entry has an id, so that one that arrives twice counts once.
 * Rule 2: an entry waits in the tab's memory until the service has answered for it.
 * Rule 3: memory is bounded; when it is full the oldest entry goes, and that is said.
 */
import type { Memory } from "./memory.js";
import type { Send } from "./service.js";

export interface Batch {
  add(entry: object): void;
  /** Send what waits; `leaving`: the page goes, and the browser finishes the request without it. */
  flush(leaving?: boolean): Promise<void>;
  clear(): void;
}

const MOST_WAITING = 1000;
const MOST_TOGETHER = 100;
// Browsers let all requests of a page that goes carry 64 KiB together.
const MOST_BYTES_LEAVING = 60_000;
const LONGEST_PAUSE_MS = 60_000;

export function batching(
  path: string,
  send: Send,
  memory: Memory,
  pauseMs: number,
  tell: (sentence: string) => void,
): Batch {
  let waiting: object[] = memory.get<object[]>(path, []);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = pauseMs;
  let busy: Promise<void> | undefined;

  const keep = () => memory.set(path, waiting.length ? waiting : null);
  const later = (ms: number) => {
    timer ??= setTimeout(() => void flush(), ms);
  };

  async function sendFirst(leaving: boolean): Promise<void> {
    const items = waiting.slice(0, MOST_TOGETHER);
    while (leaving && JSON.stringify(items).length > MOST_BYTES_LEAVING) items.pop();
    if (!items.length) return;
    const answer = await send(path, { items }, leaving ? { keepalive: true } : {});
    if (answer.state === "again") {
      later(Math.max(answer.waitMs, pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      return;
    }
    pause = pauseMs;
    const sent = new Set(items);
    waiting = waiting.filter((one) => !sent.has(one));
    keep();
    if (answer.state === "refused") tell(answer.body?.detail ?? "The service did not take it.");
    for (const one of answer.body?.items ?? []) if (one.kept === false) tell(one.sentence);
    if (waiting.length) await sendFirst(leaving);
  }

  async function flush(leaving = false): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    // A page that goes cannot wait for the request under way; ids make a repeat harmless.
    if (leaving) return sendFirst(true);
    await busy;
    busy = sendFirst(false).finally(() => (busy = undefined));
    return busy;
  }

  if (waiting.length) later(pause);
  return {
    add(entry) {
      waiting.push(entry);
      if (waiting.length > MOST_WAITING) {
        waiting.shift();
        tell(`More than ${MOST_WAITING} entries wait; the oldest was let go.`);
      }
      keep();
      if (waiting.length >= MOST_TOGETHER) void flush();
      else later(pause);
    },
    flush,
    clear() {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
      keep();
    },
  };
}
