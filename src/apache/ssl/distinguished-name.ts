// Names of subjects and issuers: as one text (RFC 2253), and the parts that mod_ssl has variables for.
import { formatObjectId, parseDer } from './der.ts';

/** One attribute. */
interface Attribute {
  readonly id: string;
  /** UTF-8 bytes, a character for each. */
  readonly text: string;
  readonly encoded: Buffer;
  /** Of the set that it stands in: those of one set are one part of the name. */
  readonly set: number;
}

/** By their names in OpenSSL. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** What mod_ssl calls them. */
const PART_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.6': 'C',
  '2.5.4.8': 'ST',
  '2.5.4.7': 'L',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.3': 'CN',
  '2.5.4.12': 'T',
  '2.5.4.43': 'I',
  '2.5.4.42': 'G',
  '2.5.4.4': 'S',
  '2.5.4.13': 'D',
  '0.9.2342.19200300.100.1.1': 'UID',
  '1.2.840.113549.1.9.1': 'Email',
};

/** Tags of strings whose characters are not UTF-8 as they stand. */
const LATIN1 = 20;
const BMP = 30;

function decode(tag: number, body: Buffer): string {
  if (tag === LATIN1) return Buffer.from(body.toString('latin1')).toString('latin1');
  if (tag === BMP) return Buffer.from(Buffer.from(body).swap16().toString('utf16le')).toString('latin1');
  return body.toString('latin1');
}

function parseAttributes(name: Buffer): Attribute[] {
  return parseDer(name).flatMap(({ body: set }, index) =>
    parseDer(set).map(({ body }) => {
      const [type, value] = parseDer(body);
      if (type === undefined || value === undefined) throw new RangeError('an attribute has no value');
      const { tag } = value;
      return { id: formatObjectId(type.body), text: decode(tag, value.body), encoded: value.body, set: index };
    }),
  );
}

/** RFC 2253, section 2.4; bytes above ASCII stay as they are. */
function escapeValue(text: string): string {
  const escaped = text
    .replace(/[,+"\\<>;]/g, '\\$&')
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    .replace(/[\0-\x1f\x7f]/g, (byte) => `\\${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return escaped.replace(/^[ #]/, '\\$&').replace(/(?<=[^]) $/, '\\ ');
}

/** Of the body of a name: the text, from the last part to the first, and the parts, the first of each kind without a number. */
export function readDistinguishedName(name: Buffer): { readonly text: string; readonly parts: [string, string][] } {
  const attributes = parseAttributes(name);
  let text = '';
  let before: Attribute | undefined;
  for (const attribute of attributes.toReversed()) {
    if (before !== undefined) text += before.set === attribute.set ? '+' : ',';
    const short = SHORT_NAMES[attribute.id];
    text +=
      short === undefined
        ? `${attribute.id}=#${attribute.encoded.toString('hex')}`
        : `${short}=${escapeValue(attribute.text)}`;
    before = attribute;
  }
  const counts = new Map<string, number>();
  const parts: [string, string][] = [];
  for (const { id, text: value } of attributes) {
    const part = PART_NAMES[id];
    if (part === undefined) continue;
    const count = counts.get(part) ?? 0;
    counts.set(part, count + 1);
    if (count === 0) parts.push([part, value]);
    parts.push([`${part}_${count}`, value]);
  }
  return { text, parts };
}
