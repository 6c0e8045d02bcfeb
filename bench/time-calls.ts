// How long one call of a function takes when it is called over and over.

/** Calls between two looks at the clock. */
const BATCH = 500;

/** Nanoseconds per call, over at least `milliseconds`. */
export function timeCalls(call: () => void, milliseconds: number): number {
  const startedAt = process.hrtime.bigint();
  const endsAt = startedAt + BigInt(milliseconds) * 1_000_000n;
  let calls = 0;
  let now = startedAt;
  while (now < endsAt) {
    for (let index = 0; index < BATCH; index += 1) call();
    calls += BATCH;
    now = process.hrtime.bigint();
  }
  return Number(now - startedAt) / calls;
}
