// What counts as a promise where callers may give any: whatever can be awaited (ECMAScript, §27.2.1.3.2).

/** Whether it is an object, or a function, with a method `then`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return typeof (value as { then?: unknown }).then === 'function';
}
