// Why a connection ends: one list for wire, server, client, trace, metrics and documentation.

/** Every reason with the sentence that explains it; `docs/close-reasons.md` is generated from this table. */
export const CLOSE_REASONS = {
  peerSentClose: 'The peer sent the token `close` in a `Connection` field.',
  weSentClose: 'Our side asked for the end with `Connection: close`, or keep-alive is switched off.',
  http10WithoutKeepAlive: 'An HTTP/1.0 peer did not send the token `keep-alive`.',
  bodyUntilClose: 'The body of the response is delimited by the end of the connection.',
  bodyNotConsumed: 'The request body was not read to its end and was too large, or too slow, to be drained.',
  protocolError: 'The peer broke the syntax or a limit of the protocol.',
  framingDoubt: 'It was not certain where the message ends.',
  unsolicitedBytes: 'Bytes arrived that belong to no exchange.',
  peerClosed: 'The peer ended the connection in an orderly way (FIN).',
  peerReset: 'The peer broke the connection (RST), or the network did.',
  idleTimeout: 'No request came within the keep-alive timeout.',
  headTimeout: 'The head of a message was not complete in time.',
  bodyTimeout: 'The body of a message made no progress in time.',
  slowBody: 'The body of a message came more slowly than the minimum rate.',
  writeTimeout: 'The peer did not take what was written to it in time.',
  maxRequests: 'The connection served its maximum number of requests.',
  maxAge: 'The connection reached its maximum age.',
  draining: 'The server or session is closing and lets its connections end.',
  shed: 'The server or session needed room and gave up a connection.',
  hintExpired: 'The time that the server promised in `Keep-Alive: timeout=` was nearly over.',
  heartbeatLost: 'The peer no longer acknowledged keepalive signals.',
  addressGone: 'The name of the origin no longer resolves to this address.',
  upgraded: 'The connection went over to another protocol.',
  aborted: 'An exchange was given up before it was complete.',
  destroyed: 'The connection was destroyed by its owner.',
} as const;

/** The reason that a connection ended for. The first reason that applies stays; later ones are only traced. */
export type CloseReason = keyof typeof CLOSE_REASONS;
