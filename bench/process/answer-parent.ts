// The child's side of child.ts: says that the program is ready, answers questions, and ends with its parent.

/** What can be asked, and how it is answered. */
export type Answers = Readonly<Record<string, (detail: never) => unknown>>;

/** `port`: what a server listens on; 0 where the program is none. */
export function answerParent(port: number, answers: Answers = {}): void {
  const known: Answers = { memory: readMemory, ...answers };
  process.on('message', (message: { id: number; question: string; detail: never }) => {
    const { id, question, detail } = message;
    Promise.resolve()
      .then(() => known[question]!(detail))
      .then(
        (answer: unknown) => process.send!({ id, answer }),
        (error: unknown) => process.send!({ id, error: String(error) }),
      );
  });
  process.on('disconnect', () => process.exit());
  process.send!({ id: 0, answer: port });
}

/** What a process holds after a forced collection of garbage. */
export interface MemoryAnswer {
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

/** Several collections with turns of the event loop between them: finalizers and weak callbacks of one free what the next finds. */
async function readMemory(): Promise<MemoryAnswer> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('the program was not started with --expose-gc');
  for (let pass = 0; pass < 4; pass += 1) {
    // oxlint-disable-next-line no-await-in-loop
    await gc({ execution: 'async' });
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { residentBytes: rss, heapBytes: heapUsed, externalBytes: external };
}
