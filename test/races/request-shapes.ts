// The shapes that a request can have where its connection is lost: what may be repeated, and what there is to repeat.
import type { RequestOptions } from '#src/client/options.js';

/** One way to ask. */
export interface RequestShape {
  readonly name: string;
  readonly method: string;
  /** Executing it twice does no harm: by its method, by the option, or by its key. */
  readonly repeatable: boolean;
  readonly options: Omit<RequestOptions, 'method'>;
}

const METHODS: readonly RequestShape[] = [
  { name: 'PUT', method: 'PUT', repeatable: true, options: {} },
  { name: 'POST', method: 'POST', repeatable: false, options: {} },
  { name: 'POST marked idempotent', method: 'POST', repeatable: true, options: { idempotent: true } },
  { name: 'POST with a key', method: 'POST', repeatable: true, options: { headers: { 'idempotency-key': 'k' } } },
];

/** Every combination with a body that is at hand, or can be produced again: what is lost can be sent again. */
export const REPLAYABLE_SHAPES: readonly RequestShape[] = [
  { name: 'GET', method: 'GET', repeatable: true, options: {} },
  { name: 'PATCH', method: 'PATCH', repeatable: false, options: {} },
  ...METHODS,
  ...METHODS.map((shape) => ({
    ...shape,
    name: `${shape.name}, whole body`,
    options: { ...shape.options, body: 'text' },
  })),
  ...METHODS.map((shape) => ({
    ...shape,
    name: `${shape.name}, replayable body`,
    options: { ...shape.options, body: () => ['te', 'xt'] },
  })),
];

/** A stream that can be read once, of two pieces. */
export function oneShot(): AsyncIterable<string> {
  return (async function* () {
    yield 'te';
    yield 'xt';
  })();
}

/** The same methods with a body that can be read once; made anew for every call. */
export function oneShotShapes(): readonly RequestShape[] {
  return METHODS.map((shape) => ({
    ...shape,
    name: `${shape.name}, one-shot body`,
    options: { ...shape.options, body: oneShot() },
  }));
}
