// RFC 9113 §8: requests as HTTP/2 carries them, and RFC 7541: their fields as bytes.
import { encodeNumbers } from '#src/inspect/http2/frames.js';
import { encodeFields, encodeIndexedField } from '../hpack.ts';
import type { Field } from '../hpack.ts';
import { dataFrame, rawFrame, requestFields } from '../raw-http2-client.ts';
import type { SectionCase } from './walk.ts';

const block = encodeFields(requestFields());
const REFUSED = 'stream error PROTOCOL_ERROR';

/** A request that is nothing but these fields. */
function fieldsCase(section: string, does: string, fields: readonly Field[], outcome: string = REFUSED): SectionCase {
  return { section, does, run: (client) => client.write(rawFrame(1, 5, 1, encodeFields(fields))), outcome };
}

function without(name: string): Field[] {
  return requestFields().filter(([other]) => other !== name);
}

/** A request with a body and something behind it. */
function bodyCase(section: string, does: string, more: readonly Field[], behind: readonly Buffer[]): SectionCase {
  return {
    section,
    does,
    run: (client) => {
      client.request(1, { method: 'POST', path: '/held', more, end: false });
      client.write(...behind);
    },
    outcome: REFUSED,
  };
}

/** A request whose fields are these bytes. */
function bytesCase(section: string, does: string, bytes: readonly number[] | Buffer, outcome: string): SectionCase {
  return {
    section: `HPACK ${section}`,
    does,
    run: async (client) => {
      client.write(rawFrame(1, 5, 1, Buffer.from(bytes)));
      if (outcome.startsWith('answered')) await client.answer(1);
    },
    outcome,
  };
}

const TRAILERS = rawFrame(1, 5, 1, encodeFields([['x-checksum', '1']]));
const COMPRESSION = 'connection error COMPRESSION_ERROR';

export const MESSAGE_CASES: readonly SectionCase[] = [
  {
    section: '8.1',
    does: 'asks with HEAD',
    run: async (client) => {
      const answer = await client.fetch(1, { method: 'HEAD' });
      if (answer.body !== '') throw new Error('a body behind HEAD');
    },
    outcome: 'answered 200',
  },
  {
    section: '8.1',
    does: 'sends a body and trailers',
    run: async (client) => {
      client.request(1, { method: 'POST', end: false });
      client.write(dataFrame(1, 'x'), TRAILERS);
      await client.answer(1);
    },
    outcome: 'answered 200',
  },
  bodyCase('8.1', 'sends trailers that do not end the stream', [], [rawFrame(1, 4, 1, encodeFields([['x-a', '1']]))]),
  fieldsCase('8.2.1', 'writes a field name with a capital letter', [...requestFields(), ['X-Test', '1']]),
  {
    section: '8.2.1',
    does: 'writes a field value with a line feed',
    run: async (client) => {
      const { body } = await client.fetch(1, { more: [['x-test', 'a\nb']] });
      if (body !== 'GET 0') throw new Error(`the handler saw ${body}`);
    },
    outcome: 'answered 200',
    rfc: 'a stream error; nghttp2 leaves the field out, and no handler sees it',
  },
  ...['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'].map((name) =>
    fieldsCase('8.2.2', `sends the field ${name}, which belongs to a connection`, [...requestFields(), [name, 'x']]),
  ),
  fieldsCase('8.2.2', 'sends TE with another value than trailers', [...requestFields(), ['te', 'gzip']]),
  fieldsCase('8.2.2', 'sends TE with trailers', [...requestFields(), ['te', 'trailers']], 'answered 200'),
  fieldsCase('8.3', 'sends a pseudo-field that nobody knows', [...requestFields(), [':test', '1']]),
  fieldsCase('8.3', 'sends :status', [...requestFields(), [':status', '200']]),
  fieldsCase('8.3', 'sends a pseudo-field behind a field', [...without(':path'), ['x-test', '1'], [':path', '/']]),
  bodyCase('8.1', 'sends a pseudo-field in trailers', [], [rawFrame(1, 5, 1, encodeFields([[':method', 'GET']]))]),
  fieldsCase('8.3.1', 'sends an empty :path', [...without(':path'), [':path', '']]),
  ...[':method', ':scheme', ':path'].map((name) => fieldsCase('8.3.1', `leaves out ${name}`, without(name))),
  ...requestFields()
    .slice(0, 3)
    .map((field) => fieldsCase('8.3.1', `sends ${field[0]} twice`, [field, ...requestFields()])),
  bodyCase('8.1.1', 'sends less than content-length', [['content-length', '5']], [dataFrame(1, 'x', true)]),
  {
    ...bodyCase(
      '8.1.1',
      'sends more than content-length in two frames',
      [['content-length', '1']],
      [dataFrame(1, 'x'), dataFrame(1, 'y', true)],
    ),
    outcome: 'connection error INTERNAL_ERROR',
    node20: REFUSED,
    rfc: 'a stream error; §5.4.1 lets it be one of the connection',
  },
  {
    section: '8.4',
    does: 'sends PUSH_PROMISE',
    run: (client) => client.write(rawFrame(5, 4, 1, Buffer.concat([encodeNumbers(2), block]))),
    outcome: 'connection error PROTOCOL_ERROR',
  },
  bytesCase('2.3.3', 'names entry 70 of a table that has 61', [...block, 0xc6], COMPRESSION),
  bytesCase('4.2', 'changes the size of the table behind a field', [...block, 0x20], COMPRESSION),
  bytesCase(
    '4.2',
    'changes the size of the table twice before the first field',
    [0x20, 0x3f, 0x81, 0x1f, ...block],
    'answered 200',
  ),
  bytesCase(
    '5.2',
    'pads Huffman code with more than seven bits',
    [...block, 0, 1, 0x78, 0x82, 0x1f, 0xff],
    COMPRESSION,
  ),
  bytesCase('5.2', 'pads Huffman code with zero bits', [...block, 0, 1, 0x78, 0x81, 0x18], COMPRESSION),
  bytesCase(
    '5.2',
    'writes the end of string in Huffman code',
    [...block, 0, 1, 0x78, 0x84, 0xff, 0xff, 0xff, 0xff],
    COMPRESSION,
  ),
  bytesCase('6.1', 'names entry 0', [...block, 0x80], COMPRESSION),
  bytesCase('6.1', 'names entries of the static table', [0x82, 0x86, 0x84, 0x41, 1, 0x61], 'answered 200'),
  bytesCase(
    '6.2.1',
    'has a field remembered and names it again',
    [...block, ...encodeIndexedField(['x-a', '1']), 0xbe],
    'answered 200',
  ),
  bytesCase(
    '6.2.3',
    'sends a field that is never to be remembered',
    [...block, 0x10, 1, 0x78, 1, 0x31],
    'answered 200',
  ),
  bytesCase('6.3', 'makes the table larger than it may be', [0x3f, 0xe2, 0x1f, ...block], COMPRESSION),
];
