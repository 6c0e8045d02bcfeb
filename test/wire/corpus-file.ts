// Reads the Markdown files of test/corpus into cases. The format is described in test/corpus/README.md; anything else throws.
import { DEFAULT_WIRE_LIMITS, STRICT } from '#src/wire/index.js';
import { readEscapedBytes } from './escaped-bytes.ts';
import { PLAIN_GET } from './wire-recorder.ts';
import type { RecorderOptions, SentRequest } from './wire-recorder.ts';

export interface CorpusCase {
  readonly name: string;
  readonly prose: string;
  readonly options: RecorderOptions;
  readonly bytes: Buffer;
  readonly fin: boolean;
  /** Whether the case is also run with a message behind it. */
  readonly messageBehind: boolean;
  readonly events: readonly string[];
}

const CASE =
  /^\n(?<prose>(?:(?![-`]).*\n)+)(?<options>(?:- .*\n)*)\n*```http\n(?<bytes>(?:.*\n)*?)```\n\n```events\n(?<events>(?:.*\n)+?)```\n+$/;

/** The cases of one file, in order. */
export function parseCorpusFile(text: string, role: 'server' | 'client'): CorpusCase[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const nameEnd = section.indexOf('\n');
      const name = section.slice(0, nameEnd);
      const parts = CASE.exec(`${section.slice(nameEnd + 1)}\n`)?.groups;
      if (parts === undefined) throw new Error(`the case '${name}' is not in the format of test/corpus/README.md`);
      return toCase(name, role, parts as Record<'prose' | 'options' | 'bytes' | 'events', string>);
    });
}

function toCase(
  name: string,
  role: 'server' | 'client',
  parts: Record<'prose' | 'options' | 'bytes' | 'events', string>,
): CorpusCase {
  const options = parseOptions(name, parts.options);
  const events = parts.events.trimEnd().split('\n');
  const fin = options.take('end', ['FIN']) === 'FIN';
  const lastMessageEvent = events.at(-2) ?? '';
  const isWhole = lastMessageEvent === 'end' || lastMessageEvent.startsWith('error ');
  const behind = options.take('behind', ['message', 'nothing']) ?? (isWhole && !fin ? 'message' : 'nothing');
  const recorderOptions: RecorderOptions = {
    role,
    requests: parseRequests(options.take('requests')),
    leniency: parseLeniency(options.take('leniency')),
    limits: parseLimits(options.take('limits')),
    answers: (options.take('answers', ['end', 'head', 'never']) ?? 'end') as 'end' | 'head' | 'never',
  };
  options.assertEmpty();
  return {
    name,
    prose: parts.prose.trim(),
    options: recorderOptions,
    bytes: readEscapedBytes(parts.bytes.replaceAll('\n', '')),
    fin,
    messageBehind: behind === 'message',
    events,
  };
}

interface CaseOptions {
  take(key: string, allowed?: readonly string[]): string | undefined;
  assertEmpty(): void;
}

function parseOptions(name: string, text: string): CaseOptions {
  const values = new Map<string, string>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, key, value] = /^- (\w+): (.+)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) throw new Error(`'${name}' has a broken option: ${line}`);
    values.set(key, value);
  }
  return {
    take(key, allowed) {
      const value = values.get(key);
      values.delete(key);
      if (value !== undefined && allowed?.includes(value) === false) {
        throw new Error(`'${name}': ${key} cannot be ${value}`);
      }
      return value;
    },
    assertEmpty() {
      if (values.size > 0) throw new Error(`'${name}' has unknown options: ${[...values.keys()].join(', ')}`);
    },
  };
}

function parseRequests(text: string | undefined): SentRequest[] {
  if (text === undefined) return [PLAIN_GET];
  if (text === 'none') return [];
  return text.split(', ').map((request) => {
    const [method, ...flags] = request.split(' ');
    if (method === undefined || flags.some((flag) => flag !== 'close' && flag !== 'open')) {
      throw new Error(`not a request: ${request}`);
    }
    return { method, close: flags.includes('close'), open: flags.includes('open') };
  });
}

function parseLeniency(text: string | undefined): Record<string, boolean> {
  const names = text?.split(', ') ?? [];
  for (const name of names) if (!(name in STRICT)) throw new Error(`no tolerance is called ${name}`);
  return Object.fromEntries(names.map((name) => [name, true]));
}

function parseLimits(text: string | undefined): Record<string, number> {
  const pairs = (text?.split(', ') ?? []).map((limit) => limit.split('='));
  for (const [name] of pairs) {
    if (name === undefined || !(name in DEFAULT_WIRE_LIMITS)) throw new Error(`no limit is called ${name}`);
  }
  return Object.fromEntries(pairs.map(([name, value]) => [name, Number(value)]));
}
