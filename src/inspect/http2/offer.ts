// What is offered by ALPN (RFC 7301) to find out whether HTTP/2 is spoken.

/** As browsers do. */
export const HTTP2_OFFER: readonly string[] = ['h2', 'http/1.1'];
