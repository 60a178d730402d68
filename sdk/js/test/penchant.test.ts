import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Penchant, type Settings } from "../src/index.js";
import { agreeable, brokenStorage, service, storage, type Request } from "./fakes.js";

const SETTINGS = { url: "https://service.example/", key: "pk_test", purpose: "recommendation" };

function opened(answering: ReturnType<typeof service>, more: Partial<Settings> = {}): Penchant {
  const kept = { local: storage(), session: storage() };
  return new Penchant({ ...SETTINGS, ...kept, fetch: answering.fetch, agreed: true, ...more });
}

const signals = (requests: Request[]) =>
  requests.filter(({ path }) => path === "/v1/signals").flatMap(({ body }) => body.items);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("before the person agreed", () => {
  test("nothing is kept or sent about them, and what to show is asked for nobody", async () => {
    const answering = service(agreeable);
    const local = storage();
    const penchant = opened(answering, { agreed: false, local });

    expect(penchant.track("shop.viewed")).toBe(false);
    const choice = await penchant.decide("home.hero");
    await penchant.flush();

    expect(penchant.person).toBeNull();
    expect(choice.action).toBe("sneakers");
    expect(answering.requests.map(({ body }) => body.person)).toEqual([null]);
    expect(local.getItem("penchant.person")).toBeNull();
  });

  test("agreeing makes an id for this browser; no longer agreeing lets go of it", async () => {
    const answering = service(agreeable);
    const penchant = opened(answering, { agreed: false });

    penchant.agree(true);
    expect(penchant.person).toMatch(/^anon-/);
    penchant.track("shop.viewed");
    penchant.agree(false);
    await penchant.flush();

    expect(penchant.person).toBeNull();
    expect(answering.requests).toEqual([]);
  });
});

describe("saying what happened", () => {
  test("signals are gathered and sent together, each with an id, a time and a purpose", async () => {
    const answering = service(agreeable);
    const penchant = opened(answering);

    penchant.track("shop.viewed", { item: "sneakers" });
    penchant.track("shop.viewed", { item: "goggles" });
    await vi.advanceTimersByTimeAsync(1000);

    expect(answering.requests).toHaveLength(1);
    const sent = signals(answering.requests);
    expect(sent.map(({ data }) => data.item)).toEqual(["sneakers", "goggles"]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
    expect(sent[0]).toMatchObject({ kind: "shop.viewed", purpose: "recommendation" });
    expect(new Date(sent[0].at).toISOString()).toBe(sent[0].at);
  });

  test("what was seen before signing in is said to be the same person's", async () => {
    const answering = service(agreeable);
    const penchant = opened(answering);
    const before = penchant.person;

    penchant.identify("ada");
    penchant.identify("ada");
    await penchant.flush();

    expect(penchant.person).toBe("ada");
    expect(signals(answering.requests)).toMatchObject([
      { kind: "person.merged", person: "ada", data: { from: before } },
    ]);
  });

  test("a person who follows another in the same browser is not merged into them", async () => {
    const answering = service(agreeable);
    const penchant = opened(answering);

    penchant.identify("ada");
    penchant.identify("ben");
    await penchant.flush();

    expect(signals(answering.requests)).toHaveLength(0);
  });

  test("a network that fails loses nothing, and a repeat carries the same ids", async () => {
    let fails = true;
    const answering = service((request) => (fails ? "no network" : agreeable(request)));
    const penchant = opened(answering);

    penchant.track("shop.viewed");
    await vi.advanceTimersByTimeAsync(1000);
    fails = false;
    await vi.advanceTimersByTimeAsync(1000);
    await vi.advanceTimersByTimeAsync(120_000);

    const [first, second] = answering.requests;
    expect(answering.requests).toHaveLength(2);
    expect(second?.body).toEqual(first?.body);
  });

  test("a service that asks to wait is not asked sooner", async () => {
    let asked = 0;
    const answering = service((request) =>
      asked++ ? agreeable(request) : { status: 429, headers: { "Retry-After": "30" } },
    );
    const penchant = opened(answering);

    penchant.track("shop.viewed");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(answering.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(answering.requests).toHaveLength(2);
  });

  test("a refusal is told in its sentence and not sent again", async () => {
    const told: string[] = [];
    const answering = service(() => ({ body: { items: [{ kept: false, sentence: "No." }] } }));
    const penchant = opened(answering, { onRefused: (sentence) => told.push(sentence) });

    penchant.track("shop.viewed");
    await vi.advanceTimersByTimeAsync(120_000);

    expect(told).toEqual(["No."]);
    expect(answering.requests).toHaveLength(1);
  });

  test("a request that is wrong as a whole is told and let go of", async () => {
    const told: string[] = [];
    const answering = service(() => ({ status: 403, body: { detail: "The key may not." } }));
    const penchant = opened(answering, { onRefused: (sentence) => told.push(sentence) });

    penchant.track("shop.viewed");
    await vi.advanceTimersByTimeAsync(120_000);

    expect(told).toEqual(["The key may not."]);
    expect(answering.requests).toHaveLength(1);
  });

  test("what waits outlives a reload of the page", async () => {
    const session = storage();
    const off = service(() => "no network");
    opened(off, { session }).track("shop.viewed", { item: "sneakers" });
    await vi.advanceTimersByTimeAsync(0);

    const answering = service(agreeable);
    opened(answering, { session });
    await vi.advanceTimersByTimeAsync(1000);

    expect(signals(answering.requests)).toMatchObject([{ data: { item: "sneakers" } }]);
  });

  test("a page that goes hands its signals to the browser, within what browsers carry", async () => {
    const answering = service(agreeable);
    const penchant = opened(answering);
    for (let n = 0; n < 90; n++) penchant.track("shop.viewed", { text: "x".repeat(1000) });

    await penchant.flush(true);

    expect(answering.requests.every(({ keepalive }) => keepalive)).toBe(true);
    const sizes = answering.requests.map(({ body }) => JSON.stringify(body).length);
    expect(Math.max(...sizes)).toBeLessThan(64 * 1024);
    expect(signals(answering.requests)).toHaveLength(90);
  });

  test("memory stays bounded, and what is let go of is told", async () => {
    const told: string[] = [];
    const answering = service(() => "no network");
    const penchant = opened(answering, { onRefused: (sentence) => told.push(sentence) });

    for (let n = 0; n < 1001; n++) penchant.track("shop.viewed", { n });
    await vi.advanceTimersByTimeAsync(0);

    expect(told).toEqual(["More than 1000 entries wait; the oldest was let go."]);
  });
});

describe("asking what to show", () => {
  test("the service's answer is shown and can be learned from", async () => {
    const answering = service(agreeable);
    const penchant = opened(answering);

    const choice = await penchant.decide("home.hero", { context: { hour: 9 } });
    expect(choice).toMatchObject({ action: "sneakers", id: "d1", from: "service" });
    expect(penchant.learn(choice, "clicked")).toBe(true);
    await penchant.flush();

    expect(answering.requests[0]?.body).toMatchObject({ moment: "home.hero", context: { hour: 9 } });
    expect(answering.requests[1]?.body).toEqual({
      items: [{ decision: "d1", outcome: "clicked" }],
    });
  });

  test("a slow service is not waited for: the fallback is shown, and nothing is learned", async () => {
    const penchant = opened(service(agreeable, 5000));

    const asked = penchant.decide("home.hero", { fallback: "goggles", timeoutMs: 200 });
    await vi.advanceTimersByTimeAsync(200);
    const choice = await asked;

    expect(choice).toMatchObject({ action: "goggles", id: null, from: "fallback" });
    expect(penchant.learn(choice, 1)).toBe(false);
  });

  test("an answer that came too late is shown the next time, and learned from once", async () => {
    const penchant = opened(service(agreeable, 500));
    const ask = async () => {
      const asked = penchant.decide("home.hero", { timeoutMs: 200 });
      await vi.advanceTimersByTimeAsync(200);
      return asked;
    };

    expect((await ask()).from).toBe("fallback");
    await vi.advanceTimersByTimeAsync(500);
    expect(await ask()).toMatchObject({ action: "sneakers", id: "d1", from: "memory" });
    expect(await ask()).toMatchObject({ action: "sneakers", id: null, from: "memory" });
  });

  test("what is remembered of one person is not shown to the next", async () => {
    let fails = false;
    const answering = service((request) => (fails ? "no network" : agreeable(request)));
    const penchant = opened(answering);

    penchant.identify("ada");
    await penchant.decide("home.hero");
    fails = true;
    expect((await penchant.decide("home.hero")).from).toBe("memory");
    penchant.identify("ben");
    expect((await penchant.decide("home.hero")).from).toBe("fallback");
  });

  test("an answer that is none gives the fallback", async () => {
    for (const answer of [{ status: 500 }, { body: null }, { body: { id: "x" } }]) {
      const penchant = opened(service(() => answer));
      expect((await penchant.decide("home.hero", { fallback: "a" })).action).toBe("a");
    }
  });
});

describe("asking for several to show together", () => {
  test("each is shown in its place and learned from by itself", async () => {
    const answering = service(agreeable);
    const penchant = opened(answering);

    const choices = await penchant.decideSlate("home.row", 3);
    expect(choices.map(({ action }) => action)).toEqual(["sneakers", "goggles"]);
    expect(penchant.learn(choices[1]!, 1)).toBe(true);
    await penchant.flush();

    expect(answering.requests[0]).toMatchObject({ path: "/v1/slates", body: { k: 3 } });
    expect(answering.requests[1]?.body.items).toEqual([{ decision: "s1-2", reward: 1 }]);
  });

  test("a slow service shows the slate from before, else what stands for it, else nothing", async () => {
    let fails = true;
    const answering = service((request) => (fails ? "no network" : agreeable(request)));
    const penchant = opened(answering);

    expect(await penchant.decideSlate("home.row", 2)).toEqual([]);
    const [choice] = await penchant.decideSlate("home.row", 2, { fallback: "goggles" });
    expect(choice).toMatchObject({ action: "goggles", id: null, from: "fallback" });
    fails = false;
    await penchant.decideSlate("home.row", 2);
    fails = true;
    const before = await penchant.decideSlate("home.row", 2);
    expect(before.map(({ action, from }) => [action, from])).toEqual([
      ["sneakers", "memory"],
      ["goggles", "memory"],
    ]);
  });
});

describe("a browser that forbids storage, or holds rubbish in it", () => {
  test("keeps everything in the page", async () => {
    const answering = service(agreeable);
    const broken = brokenStorage();
    const penchant = opened(answering, { local: broken, session: broken });

    const person = penchant.person;
    expect(penchant.person).toBe(person);
    penchant.track("shop.viewed");
    await penchant.flush();

    expect(signals(answering.requests)).toHaveLength(1);
  });

  test("starts anew from what cannot be read", async () => {
    const rubbish = storage();
    rubbish.setItem("penchant.shown", "{");
    rubbish.setItem("penchant./v1/signals", "nonsense");
    const penchant = opened(service(agreeable), { local: rubbish, session: rubbish });

    expect((await penchant.decide("home.hero")).from).toBe("service");
  });

  test("forgets on request", () => {
    const local = storage();
    const penchant = opened(service(agreeable), { local });
    const before = penchant.person;

    penchant.reset();

    expect(penchant.person).not.toBe(before);
  });
});
