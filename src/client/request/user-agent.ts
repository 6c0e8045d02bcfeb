// How a session names itself to servers in `fetch` (RFC 9110 §10.1.5), so that their logs tell who came.

/** Product and version. A constant, because the library reads no files; a test compares it with package.json. */
export const USER_AGENT = 'perdura/0.1.0';
