/** What a page may keep for later; never throws, whatever the browser forbids or somebody changed. */

export interface Memory {
  /** Give what was kept under a name, or `absent` where there is nothing that can be read. */
  get<T>(name: string, absent: T): T;
  /** Keep a value; null lets go of it. */
  set(name: string, value: unknown): void;
}

const PREFIX = "penchant.";

/** Keep in the browser's storage; where there is none, or it is full or forbidden, in the page. */
export function remembering(storage: Storage | undefined): Memory {
  const here = new Map<string, string>();
  return {
    get<T>(name: string, absent: T): T {
      try {
        const text = here.get(name) ?? storage?.getItem(PREFIX + name);
        return text ? JSON.parse(text) : absent;
      } catch {
        return absent;
      }
    },
    set(name, value) {
      const text = JSON.stringify(value);
      try {
        if (value === null) storage?.removeItem(PREFIX + name);
        else storage?.setItem(PREFIX + name, text);
        here.delete(name);
        if (storage || value === null) return;
      } catch {
        // A private window or a full disk: the page's own map holds it until the page goes.
      }
      here.set(name, text);
    },
  };
}
