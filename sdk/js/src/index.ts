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
    const { context = {}, actions, fallback = "nothing", timeoutMs = this.#timeoutMs } = asked;
    const name = `${this.person ?? ""} ${moment}`;
    const body = { moment, person: this.person, context, ...(actions && { actions }) };
    const answered = this.#send("/v1/decisions", body).then(({ state, body: decision }) => {
      if (state !== "ok" || !decision?.action) return null;
      const { action, id } = decision;
      const choice = { action: action.name, content: action.content, features: action.features, id };
      this.#remember(name, choice);
      return choice;
    });
    const late = new Promise<null>((done) => setTimeout(done, timeoutMs, null));
    const choice = await Promise.race([answered, late]);
    if (choice !== null) {
      this.#remember(name, { ...choice, id: null });
      return { ...choice, from: "service" };
    }
    const known = this.#shown()[name];
    if (!known) return { action: fallback, content: "", features: {}, id: null, from: "fallback" };
    // A decision that came too late to be shown is shown now, and can be learned from once.
    this.#remember(name, { ...known, id: null });
    return { ...known, from: "memory" };
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

  #shown(): Record<string, Omit<Choice, "from">> {
    return this.#local.get("shown", {});
  }

  #remember(name: string, choice: Omit<Choice, "from">): void {
    const entries = Object.entries({ ...this.#shown(), [name]: choice }).slice(-MOST_SHOWN);
    this.#local.set("shown", Object.fromEntries(entries));
  }
}

const MOST_SHOWN = 50;

function stored(which: "localStorage" | "sessionStorage"): Storage | undefined {
  try {
    return globalThis[which];
  } catch {
    return undefined; // a frame that may keep nothing
  }
}
