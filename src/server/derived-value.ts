// A number that was derived from what stands in front of the server, and why. The shape only.

/** See the head of the file. */
export interface DerivedValue {
  /** The option, e.g. `keepAliveTimeoutMs`. */
  readonly option: string;
  readonly valueMs: number;
  /** One to three sentences. */
  readonly reason: string;
  /** How well its ground is known. `verified`: documented by the vendor, or measured. `hint`: nobody official says so. `given`: by `behind`. */
  readonly ground: 'verified' | 'hint' | 'given' | 'default';
}
