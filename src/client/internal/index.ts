// What the commands need of the client beside its public face: rules that `fetch` applies by itself, for who uses `request` and shows
// every step. No subpath of the package leads here.
export { decode } from '../response/decoded-body.ts';
export { ACCEPT_ENCODING, decideDecoding } from '../response/decompression.ts';
export { BODY_FIELDS, ORIGIN_FIELDS, REDIRECT_REFUSALS, decideRedirect } from '../request/redirect.ts';
