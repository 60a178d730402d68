/**
 * Penchant in a page: say who it is, say what happened, ask what to show.
 *
 * Rule 1: nothing about a person is kept or sent before they agreed; until then `decide` asks for
 * nobody in particular.
 * Rule 2: the page never waits longer than it said; then it shows what it knows from before.
 * Rule 3: no call throws for what a network or a service does.
 */
import { batching, type Batch } from "./batch.js";
import { remembering, type Memory } from "./memory.js";
import { sending, type Send } from "./service.js";

export type Value = boolean | number | string | number[];

export interface Settings {
  /** Where the service is, such as `https://decide.example.org`. */
  url: string;
  /** A key with the scopes `signals:write`, `decide:read` and `outcome:write`, and no others. */
  key: string;
  /** Under which purpose signals are kept. */
  purpose: string;
  /** Whether the person agreed to that purpose; else `agree` says so later. */
  agreed?: boolean;
  /** How long `decide` waits for the service. */
  timeoutMs?: number;
  /** How long signals are gathered before they are sent. */
  batchMs?: number;
  /** Told in a sentence what the service did not take. */
  onRefused?: (sentence: string) => void;
  /** For tests, and for pages that bring their own. */
  fetch?: typeof fetch;
  local?: Storage;
  session?: Storage;
}

export interface Asked {
  context?: Record<string, Value>;
  /** Candidates known only now: names of declared actions, or actions with features. */
  actions?: (string | { name: string; features?: Record<string, Value> })[];
  /** What to show where the service does not answer in time and nothing is known from before. */
  fallback?: string;
  timeoutMs?: number;
}

export interface Choice {
  action: string;
  content: string;
  features: Record<string, Value>;
  /** The decision to learn from; null where no decision stands behind what is shown. */
  id: string | null;
  from: "service" | "memory" | "fallback";
}

export class Penchant {
  readonly #purpose: string;
  readonly #timeoutMs: number;
  readonly #send: Send;
  readonly #local: Memory;
  readonly #signals: Batch;
  readonly #outcomes: Batch;
  #agreed: boolean;

  constructor(settings: Settings) {
    const { url, key, purpose, timeoutMs = 300, batchMs = 1000 } = settings;
    const tell = settings.onRefused ?? (() => {});
    const session = remembering(settings.session ?? stored("sessionStorage"));
    this.#purpose = purpose;
    this.#timeoutMs = timeoutMs;
    this.#send = sending(url, key, settings.fetch ?? fetch.bind(globalThis));
    this.#local = remembering(settings.local ?? stored("localStorage"));
    this.#signals = batching("/v1/signals", this.#send, session, batchMs, tell);
    this.#outcomes = batching("/v1/outcomes", this.#send, session, batchMs, tell);
    this.#agreed = settings.agreed ?? false;
    globalThis.addEventListener?.("pagehide", () => void this.flush(true));
    globalThis.document?.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void this.flush(true);
    });
  }

  /** The id in use: the one given, else one made for this browser; null before they agreed. */
  get person(): string | null {
    if (!this.#agreed) return null;
    const known = this.#local.get<string | null>("person", null);
    if (known !== null) return known;
    const made = `anon-${crypto.randomUUID()}`;
    this.#local.set("person", made);
    return made;
  }

  /** The person agreed to the purpose, or no longer does: then what the page knew of them goes. */
  agree(agreed: boolean): void {
    this.#agreed = agreed;
    if (!agreed) this.reset();
  }

  /** Say who it is; what was seen under the id made for this browser is theirs from now on. */
  identify(person: string): void {
    const before = this.#agreed ? this.#local.get<string | null>("person", null) : null;
    if (before === person) return;
    this.#local.set("person", person);
    this.#local.set("shown", null);
    if (before?.startsWith("anon-")) this.track("person.merged", { from: before });
  }

  /** Say what happened; false where the person did not agree, and nothing is kept of it. */
  track(kind: string, data: Record<string, Value> = {}): boolean {
    const person = this.person;
    if (person === null) return false;
    const at = new Date().toISOString();
    const purpose = this.#purpose;
    this.#signals.add({ kind, person, at, data, id: crypto.randomUUID(), purpose });
    return true;
  }

  /** Ask what to show; answers within the time-out, from memory or the fallback if it must. */
  async decide(moment: string, asked: Asked = {}): Promise<Choice> {
    const found = await this.#choose("/v1/decisions", { moment }, moment, asked);
    return found[0] ?? { ...NOTHING, action: asked.fallback ?? NOTHING.action, from: "fallback" };
  }

  /** Ask for up to `k` actions that are shown together, the top one first; `nothing` is left out. */
  async decideSlate(moment: string, k: number, asked: Asked = {}): Promise<Choice[]> {
    const found = await this.#choose("/v1/slates", { moment, k }, `${moment} ${k}`, asked);
    if (found.length > 0) return found.filter(({ action }) => action !== NOTHING.action);
    const { fallback } = asked;
    return fallback === undefined ? [] : [{ ...NOTHING, action: fallback, from: "fallback" }];
  }

  async #choose(path: string, what: object, key: string, asked: Asked): Promise<Choice[]> {
    const { context = {}, actions, timeoutMs = this.#timeoutMs } = asked;
    const name = `${this.person ?? ""} ${key}`;
    const body = { ...what, person: this.person, context, ...(actions && { actions }) };
    const answered = this.#send(path, body).then(({ state, body: told }) => {
      const decisions = told?.decisions ?? [told];
      if (state !== "ok" || !decisions[0]?.action) return null;
      const shown: Shown[] = decisions.map(({ action, id }: any) => {
        return { action: action.name, content: action.content, features: action.features, id };
      });
      this.#remember(name, shown);
      return shown;
    });
    const late = new Promise<null>((done) => setTimeout(done, timeoutMs, null));
    const shown = await Promise.race([answered, late]);
    const known = shown ?? this.#shown()[name];
    if (!Array.isArray(known)) return [];
    // A decision that came too late to be shown is shown now, and can be learned from once.
    this.#remember(name, known.map((one) => ({ ...one, id: null })));
    return known.map((one) => ({ ...one, from: shown === null ? "memory" : "service" }));
  }

  /** Say what followed: a reward, or the name of the moment's outcome. */
  learn(choice: Choice, followed: number | string): boolean {
    if (choice.id === null) return false;
    const what = typeof followed === "number" ? { reward: followed } : { outcome: followed };
    this.#outcomes.add({ decision: choice.id, ...what });
    return true;
  }

  /** Send what waits, now. */
  async flush(leaving = false): Promise<void> {
    await Promise.all([this.#signals.flush(leaving), this.#outcomes.flush(leaving)]);
  }

  /** Forget in this browser who it was, and what waits to be sent. */
  reset(): void {
    this.#signals.clear();
    this.#outcomes.clear();
    this.#local.set("person", null);
    this.#local.set("shown", null);
  }

  #shown(): Record<string, Shown[]> {
    return this.#local.get("shown", {});
  }

  #remember(name: string, shown: Shown[]): void {
    const entries = Object.entries({ ...this.#shown(), [name]: shown }).slice(-MOST_SHOWN);
    this.#local.set("shown", Object.fromEntries(entries));
  }
}

type Shown = Omit<Choice, "from">;

const MOST_SHOWN = 50;
const NOTHING: Shown = { action: "nothing", content: "", features: {}, id: null };

function stored(which: "localStorage" | "sessionStorage"): Storage | undefined {
  try {
    return globalThis[which];
  } catch {
    return undefined; // a frame that may keep nothing
  }
}
