// ErrorResponse: why the server does not, in its own words. Its fields: "Error and Notice Message Fields" of PostgreSQL's manual.
import { PerduraError } from '../../../errors.ts';

/** What the server said, with the code that programs go by. */
export class PostgresServerError extends PerduraError {
  /** The SQLSTATE, e.g. '57P03' (appendix "PostgreSQL Error Codes"); empty where none was given. */
  readonly sqlState: string;
  /** Whether it ended the connection. */
  readonly isFatal: boolean;

  constructor(fields: ReadonlyMap<string, string>) {
    // V is S in English, always; servers since 9.6 send it.
    const severity = fields.get('V') ?? fields.get('S') ?? 'ERROR';
    const sqlState = fields.get('C') ?? '';
    super('ERR_PERDURA_CONNECT', formatServerError(severity, sqlState, fields));
    this.sqlState = sqlState;
    this.isFatal = severity === 'FATAL' || severity === 'PANIC';
  }
}

/** Longest text of a server that is told: an event is a line. */
const MAX_CHARACTERS = 400;

/** What the server's words do not say. */
const ADVICE: Readonly<Record<string, string>> = {
  '28000': 'see what pg_hba.conf of the server says of this user, this database and this address',
  '28P01': 'give the right user and password in the URL',
  '3D000': 'give a database that exists as the path of the URL',
};

/** Fields by their one-character names. What is cut off, or has no end, is left out. */
export function parseErrorFields(body: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const end = body.indexOf(0, at + 1);
    if (end === -1) break;
    fields.set(String.fromCharCode(body[at] ?? 0), body.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return fields;
}

function formatServerError(severity: string, sqlState: string, fields: ReadonlyMap<string, string>): string {
  const words = [fields.get('M') ?? 'no message', fields.get('D'), fields.get('H'), ADVICE[sqlState]];
  const text = words.filter((part) => part !== undefined && part !== '').join('; ');
  return toLine(`${severity} ${sqlState === '' ? '' : `${sqlState}: `}${text}`);
}

/** A server may say anything, also what moves the cursor of a terminal. */
function toLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS)}…`;
}
