// Where a host differs.

export interface HostDifference {
  /** The number of the host in its batch. */
  readonly index: number;
  /** The numbers of the requests that are answered differently; `-1` for the log, none where the configuration is refused. */
  readonly requests: readonly number[];
  /** For people. */
  readonly text: string;
}
