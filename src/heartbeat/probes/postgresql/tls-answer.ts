// The answer to SSLRequest ("SSL Session Encryption" of PostgreSQL's manual): one byte, and nothing behind it. Pure.
import { formatBytes } from '../../../http/visible-bytes.ts';
import { MessageReader } from './message-reader.ts';
import { parseErrorFields, PostgresServerError } from './server-error.ts';

/** Whether TLS may begin, or why there is no saying. */
export type TlsAnswer =
  | { readonly kind: 'answered'; readonly offersTls: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads the first bytes that came. */
export function readTlsAnswer(bytes: Buffer): TlsAnswer {
  const first = String.fromCharCode(bytes[0] ?? 0);
  if (first === 'E') return { kind: 'refused', reason: readError(bytes) };
  if (first !== 'S' && first !== 'N') {
    return { kind: 'refused', reason: `it does not speak the protocol of PostgreSQL: it says '${formatBytes(bytes)}'` };
  }
  // In the clear before TLS, so that it would count as said within: the attack of CVE-2021-23222.
  if (bytes.length > 1) {
    return {
      kind: 'refused',
      reason: `there are ${bytes.length - 1} bytes behind its answer to SSLRequest: somebody is in between`,
    };
  }
  return { kind: 'answered', offersTls: first === 'S' };
}

/** A server that cannot even start a process says so; it may send its words in pieces, and then they are left out. */
function readError(bytes: Buffer): string {
  try {
    const { value } = new MessageReader().read(bytes).next();
    if (value !== undefined) return new PostgresServerError(parseErrorFields(value.body)).message;
  } catch {
    // Not its words, then.
  }
  return 'it answers SSLRequest with an error';
}
