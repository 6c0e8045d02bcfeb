// Which methods are safe and which are idempotent (RFC 9110 §9.2). Whether a request is sent again hangs on this.

/**
 * Whether the method asks for no change on the server (RFC 9110 §9.2.1).
 * Methods are case-sensitive, and one that RFC 9110 does not define is not taken for safe, whatever its name promises.
 */
export function isSafeMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'TRACE';
}

/** Whether the method may be repeated without another effect than that of one request (RFC 9110 §9.2.2). */
export function isIdempotentMethod(method: string): boolean {
  return isSafeMethod(method) || method === 'PUT' || method === 'DELETE';
}
