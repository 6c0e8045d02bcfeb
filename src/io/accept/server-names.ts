// Which certificate belongs to the name that a client asks for (server_name, RFC 6066 §3). Pure.

/** Values by name: exact names, and `*.example.com` for one label in front (RFC 9525 §6.3). */
export class ServerNames<Value> {
  readonly #exact = new Map<string, Value>();
  /** By what stands behind `*.`. */
  readonly #wildcards = new Map<string, Value>();

  /** Adds a name. The first value of a name stays; returns whether it was free. */
  add(name: string, value: Value): boolean {
    const plain = normalize(name);
    const isWildcard = plain.startsWith('*.');
    const names = isWildcard ? this.#wildcards : this.#exact;
    const key = isWildcard ? plain.slice(2) : plain;
    if (names.has(key)) return false;
    names.set(key, value);
    return true;
  }

  /** Exact names come first. Undefined where no name matches. */
  find(name: string): Value | undefined {
    const plain = normalize(name);
    if (this.#exact.has(plain)) return this.#exact.get(plain);
    const dot = plain.indexOf('.');
    return dot <= 0 ? undefined : this.#wildcards.get(plain.slice(dot + 1));
  }
}

/** Names are compared without regard to letter case (RFC 4343). The dot of the root is not sent (RFC 6066 §3), but some write it. */
function normalize(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** Labels of letters, digits, hyphens and underscores, with `*` as the first one at most. */
const NAME = /^(?:\*\.)?(?:[\w-]{1,63}\.)*[\w-]{1,63}\.?$/;

/** Whether a name can be asked for at all. Addresses cannot (RFC 6066 §3). */
export function isServerName(name: string): boolean {
  return NAME.test(name) && !/^[\d.]+$/.test(name);
}
