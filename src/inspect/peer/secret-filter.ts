// Finds given values in bytes that come in pieces of any size, also where a value is cut in two or comes byte by byte.

/** Shorter values would be found everywhere; so much of the beginning of one may be seen where it is cut. */
export const SHORTEST_SECRET = 4;

/** See the head of the file. */
export class SecretFilter {
  readonly #secrets: readonly string[];
  readonly #sign: string;
  readonly #longest: number;
  /** The end of what came before. */
  #before = '';

  /** `secrets`: each at least {@link SHORTEST_SECRET} long. `sign`: what stands for what is left out. */
  constructor(secrets: readonly string[], sign: string) {
    this.#secrets = secrets;
    this.#sign = sign;
    this.#longest = Math.max(0, ...secrets.map(({ length }) => length));
  }

  /** What comes next, without what belongs to a secret, or may belong to one that goes on. */
  hide(text: string): string {
    if (this.#longest === 0) return text;
    const whole = this.#before + text;
    const hidden = new Uint8Array(whole.length);
    for (const secret of this.#secrets) {
      for (let at = whole.indexOf(secret); at >= 0; at = whole.indexOf(secret, at + 1)) {
        hidden.fill(1, at, at + secret.length);
      }
      hidden.fill(1, whole.length - cutLength(whole, secret));
    }
    let shown = '';
    for (let at = this.#before.length; at < whole.length; at += 1) {
      if (hidden[at] === 0) shown += whole[at];
      else if (at === this.#before.length || hidden[at - 1] === 0) shown += this.#sign;
    }
    return shown;
  }

  /** This has come. */
  moveOn(text: string): void {
    if (this.#longest > 0) this.#before = (this.#before + text).slice(1 - this.#longest);
  }
}

/** How much of the beginning of a secret stands at the end; 0 where it is too little to tell. */
function cutLength(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length >= SHORTEST_SECRET; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
