// A site of the suite: what lies in its folder, and what is asked of it. Read from `sites/NAME.md`; the format is described in README.md.
import { readEscapedBytes } from '../../../wire/escaped-bytes.ts';
import { cutRequests } from './cut-requests.ts';
import type { ExpectedAnswer } from './cut-requests.ts';
import { OptionReader, parseSections } from './markdown-sections.ts';
import type { Block, Section } from './markdown-sections.ts';

/** A file, folder or symbolic link of the site; the path is relative to its folder. */
export type SiteEntry =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Buffer; readonly modified: Date }
  | { readonly kind: 'folder'; readonly path: string; readonly modified: Date }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/** Bytes that are sent at once, and the answers that belong to them. */
export interface Step {
  /** Names the step in what is reported: its first request line. */
  readonly name: string;
  readonly bytes: Buffer;
  readonly answers: readonly ExpectedAnswer[];
  /** How long nothing is sent before it. */
  readonly pauseMs: number;
  /** Whether it is asked on a new connection where the one before it is over. */
  readonly reopens: boolean;
}

/** What is sent over one connection. */
export interface Conversation {
  readonly name: string;
  readonly port: 'PORT' | 'OTHER_PORT';
  /** The server name that is asked for over TLS; undefined without TLS. */
  readonly tls: string | undefined;
  readonly steps: readonly Step[];
  /** Whether FIN follows the last step. */
  readonly endsAfter: boolean;
  /** How long the end of the connection is waited for behind the last answer; the time it took is compared, too. */
  readonly waitMs: number | undefined;
  /** How long answers are waited for. */
  readonly answersWithinMs: number;
  /** Whether the time until each answer is compared. */
  readonly timed: boolean;
}

export interface Site {
  readonly name: string;
  readonly title: string;
  readonly entries: readonly SiteEntry[];
  readonly conversations: readonly Conversation[];
  /** Logs below `${LOGS}` whose lines are compared. */
  readonly accessLogs: readonly string[];
  /** Which lines of the error log that belong to a client are compared. */
  readonly errorLog: 'alerts' | 'all' | 'none';
  /** Error logs below `${LOGS}` of hosts that have their own: every line that belongs to a client is compared. */
  readonly errorLogs: readonly string[];
  /** How many conversations are held at the same time. */
  readonly atOnce: number;
}

/** Every file has it unless it says otherwise: entity tags and dates are the same on both sides and on every day. */
const MODIFIED = new Date('2024-03-05T06:07:08Z');

const DEFAULT_HOST = 'example.test';
/** Long enough for a machine under load; nothing waits for it unless an answer is missing. */
const ANSWERS_WITHIN_MS = 5_000;

/** Reads one file of `sites/`; `readFixture` gives the bytes of a file that a site copies. */
export function parseSite(text: string, name: string, readFixture: (path: string) => Buffer): Site {
  const [head, ...sections] = parseSections(text, name);
  if (head === undefined) throw new Error(`${name}: empty`);
  const options = new OptionReader(name, head.options);
  const accessLogs = options.text('access logs')?.split(', ') ?? [];
  const errorLogs = options.text('error logs')?.split(', ') ?? [];
  const atOnce = Number(options.text('at once') ?? '1');
  const errorLog = options.oneOf('error log', ['alerts', 'all', 'none']) ?? 'alerts';
  options.assertEmpty();
  const entries: SiteEntry[] = [];
  const conversations: Conversation[] = [];
  for (const section of sections) {
    const [kind = '', ...rest] = section.heading.split(' ');
    const subject = rest.join(' ');
    if (kind === 'ask') conversations.push(parseConversation(section, subject, `${name}: ask ${subject}`));
    else entries.push(parseEntry(section, kind, subject, `${name}: ${section.heading}`, readFixture));
  }
  if (!entries.some((entry) => entry.path === 'httpd.conf')) throw new Error(`${name}: no httpd.conf`);
  if (conversations.length === 0) throw new Error(`${name}: nothing is asked`);
  const names = conversations.map((conversation) => conversation.name);
  if (new Set(names).size < names.length) throw new Error(`${name}: two conversations of one name`);
  return { name, title: head.heading, entries, conversations, accessLogs, errorLog, errorLogs, atOnce };
}

/** How many requests a site asks, all its conversations together. */
export function countRequests(site: Site): number {
  return site.conversations
    .flatMap((conversation) => conversation.steps)
    .reduce((sum, step) => sum + step.answers.length, 0);
}

function parseEntry(
  section: Section,
  kind: string,
  subject: string,
  where: string,
  readFixture: (path: string) => Buffer,
): SiteEntry {
  const options = new OptionReader(where, section.options);
  const date = options.text('modified');
  const modified = date === undefined ? MODIFIED : new Date(date);
  if (Number.isNaN(modified.getTime())) throw new Error(`${where}: not a date: ${date}`);
  options.assertEmpty();
  if (kind === 'folder') return { kind, path: subject, modified };
  if (kind === 'link') {
    const [path, target, ...more] = subject.split(' -> ');
    if (path === undefined || target === undefined || more.length > 0) throw new Error(`${where}: not PATH -> TARGET`);
    return { kind, path, target };
  }
  if (kind === 'copy') {
    const [path, from, ...more] = subject.split(' <- ');
    if (path === undefined || from === undefined || more.length > 0) throw new Error(`${where}: not PATH <- FIXTURE`);
    return { kind: 'file', path, bytes: readFixture(from), modified };
  }
  if (kind !== 'file') throw new Error(`${where}: a section is file, copy, folder, link or ask`);
  const [block, ...others] = section.blocks;
  if (block === undefined || others.length > 0) throw new Error(`${where}: a file has one block`);
  return { kind, path: readEscapedBytes(subject).toString('latin1'), bytes: contentOf(block), modified };
}

/** The text as it stands, or in the notation of the corpus where the block is one of `bytes`. */
function contentOf(block: Block): Buffer {
  if (block.info === 'bytes') return readEscapedBytes(block.lines.join(''));
  return Buffer.from(block.lines.map((line) => `${line}\n`).join(''));
}

function parseConversation(section: Section, name: string, where: string): Conversation {
  const options = new OptionReader(where, section.options);
  const host = options.text('host') ?? DEFAULT_HOST;
  const steps = section.blocks.flatMap((block) => parseSteps(block, host, where));
  if (steps.length === 0) throw new Error(`${where}: nothing is sent`);
  const conversation: Conversation = {
    name,
    port: options.oneOf('port', ['OTHER_PORT']) ?? 'PORT',
    tls: options.text('tls'),
    steps,
    endsAfter: options.oneOf('end', ['FIN']) === 'FIN',
    waitMs: options.milliseconds('wait'),
    answersWithinMs: options.milliseconds('answers within') ?? ANSWERS_WITHIN_MS,
    timed: options.oneOf('timed', ['yes']) === 'yes',
  };
  options.assertEmpty();
  return conversation;
}

function parseSteps(block: Block, host: string, where: string): Step[] {
  const [kind, ...words] = block.info.split(' ');
  const options = new OptionReader(where, new Map(words.map((word) => word.split('=') as [string, string])));
  const pause = options.text('pause');
  const pauseMs = pause === undefined ? 0 : Number(/^(\d+)ms$/.exec(pause)?.[1]);
  if (Number.isNaN(pauseMs)) throw new Error(`${where}: not a pause: ${pause}`);
  const count = options.text('answers');
  const reopens = options.oneOf('reopens', ['yes']) === 'yes';
  options.assertEmpty();
  if (kind === 'http') {
    const step = toStep(rawBytes(block.lines), pauseMs, reopens);
    if (count === undefined) return [step];
    return [{ ...step, answers: Array.from({ length: Number(count) }, () => ({ method: 'GET', headless: false })) }];
  }
  if (kind !== 'requests') throw new Error(`${where}: a block of a conversation is http or requests`);
  return block.lines
    .filter((line) => line !== '' && !line.startsWith('# '))
    .map((line) => toStep(writeRequest(line, host), pauseMs, true));
}

function toStep(bytes: Buffer, pauseMs: number, reopens: boolean): Step {
  const text = bytes.toString('latin1');
  const [name = ''] = text.split(/\r?\n/, 1);
  return { name: name.slice(0, 120), bytes, answers: cutRequests(text), pauseMs, reopens };
}

/** Every line is followed by CRLF, unless a backslash is its last character. */
function rawBytes(lines: readonly string[]): Buffer {
  return readEscapedBytes(
    lines.map((line) => (/(?<!\\)(?:\\\\)*\\$/.test(line) ? line.slice(0, -1) : `${line}\\r\\n`)).join(''),
  );
}

/** The short notation of a request without a body: `GET /path HTTP/1.0 Name: value | Name: value`, the version only where it is not 1.1. */
function writeRequest(line: string, host: string): Buffer {
  const [, start, version = 'HTTP/1.1', rest] =
    /^(\S+ (?:\\\{\d+ [^{}]*\}|\S)+)(?: (HTTP\/\d\.\d))?(?: +(\S.*))?$/.exec(line) ?? [];
  if (start === undefined) throw new Error(`not a request in the short notation: ${line}`);
  const fields = rest?.split(' | ') ?? [];
  const hasHost = fields.some((field) => /^host:/i.test(field));
  const lines = [
    `${start} ${version}`,
    ...(hasHost ? [] : [`Host: ${host}`]),
    ...fields.filter((field) => field !== 'Host:'),
  ];
  return readEscapedBytes(`${lines.join('\\r\\n')}\\r\\n\\r\\n`);
}
