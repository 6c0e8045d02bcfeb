// The documents agree with the code: generated blocks with the tables they come from, defaults with the options, links and paths
// with the tree. `UPDATE_DOCS=1` writes the blocks anew instead of comparing them.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { formatHopMarkdown } from '#src/cli/advise/hop-list.js';
import { main } from '#src/cli/main.js';
import {
  DEFAULT_EVENTS_OPTIONS,
  DEFAULT_SESSION_HEARTBEAT,
  DEFAULT_SESSION_OPTIONS,
  PROFILES,
  RETRY_CAUSES,
  RETRY_REFUSALS,
} from '#src/client/index.js';
import { stateOf, stepHeartbeat } from '#src/heartbeat/engine/machine.js';
import { DEFAULT_HEARTBEAT_OPTIONS } from '#src/heartbeat/index.js';
import { CLOSE_REASONS } from '#src/http/close-reason.js';
import { MEASUREMENTS, MEASUREMENT_SUBJECTS, listChecks } from '#src/inspect/index.js';
import { CLIENT_SOFTWARE, HOPS, SERVER_SOFTWARE, formatTimeout } from '#src/path/index.js';
import type { SoftwareSetting } from '#src/path/index.js';
import { DEFAULT_SERVE_OPTIONS, DEFAULT_SERVER_HEARTBEAT } from '#src/server/index.js';
import { DEFAULT_STATIC_OPTIONS } from '#src/server/static/index.js';
import {
  DEFAULT_WIRE_LIMITS,
  EXCHANGE_OUTCOMES,
  PERSISTENCE_TRANSITIONS,
  PROTOCOL_FAULTS,
  REQUEST_TRANSITIONS,
  RESPONSE_TRANSITIONS,
  STRICT,
} from '#src/wire/index.js';
import { HEARTBEAT_INPUTS, reachableSituations } from './heartbeat/engine/every-situation.ts';
import { DEFINITION_CASES } from './server/http2/h2spec/definitions.ts';
import { FRAME_CASES } from './server/http2/h2spec/frames.ts';
import { MESSAGE_CASES } from './server/http2/h2spec/messages.ts';
import { tableOfDifferences, tableOfDirectives, tableOfRefusedDirectives } from './support/apache-directives.ts';
import type { TableText } from './support/apache-directives.ts';
import { describeOutcome, RETRY_CASES } from './support/retry-cases.ts';

// Compiled, this file is build/test/docs.test.js.
const root = path.resolve(import.meta.dirname, '../..');
const isUpdating = process.env['UPDATE_DOCS'] === '1';

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const documents: readonly string[] = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.posix.join('docs', file.replaceAll(path.sep, '/'))),
].toSorted();

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** What a block holds, made from its name, the words behind the name, and what it held before. */
type Generator = (argument: string, before: string) => string;

/** The layers that give a close reason. */
function giversOf(reason: string): string {
  const layers = ['wire', 'server', 'client'].filter((layer) =>
    readdirSync(path.join(root, 'src', layer), { recursive: true, encoding: 'utf8' }).some(
      (file) => file.endsWith('.ts') && read(`src/${layer}/${file}`).includes(`'${reason}'`),
    ),
  );
  return layers.length === 0 ? 'nothing yet' : layers.join(', ');
}

function generateCloseReasons(): string {
  const rows = Object.entries(CLOSE_REASONS).map(([reason, sentence]) => [`\`${reason}\``, sentence, giversOf(reason)]);
  return tableOf(['reason', 'what it says', 'given by'], rows);
}

function generateProtocolErrors(): string {
  const rows = Object.entries(PROTOCOL_FAULTS).map(([fault, { status, rfc, text }]) => [
    `\`${fault}\``,
    String(status),
    rfc,
    text,
  ]);
  return tableOf(['fault', 'answer', 'clause', 'what it says'], rows);
}

/** Every pair of states with all events that lead from the one to the other. */
function generateDiagram(start: string, table: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const lines = ['stateDiagram-v2', `  [*] --> ${start}`];
  for (const [from, transitions] of Object.entries(table)) {
    const targets = [...new Set(Object.values(transitions))];
    for (const to of targets) {
      const events = Object.keys(transitions).filter((event) => transitions[event] === to);
      lines.push(`  ${from} --> ${to}: ${events.join(', ')}`);
    }
  }
  return fence('mermaid', lines.join('\n'));
}

/** Every way from one visible state of a heartbeat to another, but for `stop` and for signals that are held back. */
function generateHeartbeatDiagram(): string {
  const ways: Record<string, Record<string, string>> = {};
  for (const before of reachableSituations(2)) {
    for (const input of HEARTBEAT_INPUTS) {
      const [from, to] = [stateOf(before), stateOf(stepHeartbeat(before, input, 2).situation)];
      const isHeld = before.activity.startsWith('held') || input === 'hold' || input === 'stop';
      if (from !== to && !isHeld) (ways[from] ??= {})[`${input} → ${to}`] = to;
    }
  }
  const named = Object.entries(ways).flatMap(([from, targets]) =>
    [...new Set(Object.values(targets))].map((to) => {
      const inputs = Object.keys(targets).filter((key) => targets[key] === to);
      return `  ${from} --> ${to}: ${inputs.map((key) => key.split(' ', 1)[0]).join(', ')}`;
    }),
  );
  return fence('mermaid', ['stateDiagram-v2', '  [*] --> idle', ...named].join('\n'));
}

function generateOutcomes(): string {
  const responses = Object.keys(EXCHANGE_OUTCOMES.awaited) as (keyof typeof EXCHANGE_OUTCOMES)[];
  const rows = Object.entries(EXCHANGE_OUTCOMES).map(([request, outcomes]) => [
    `request \`${request}\``,
    ...responses.map((response) => outcomes[response]),
  ]);
  return tableOf(['', ...responses.map((response) => `response \`${response}\``)], rows);
}

function generateRetryTable(): string {
  const rows = RETRY_CASES.map(({ what, facts }) => [
    what,
    describeOutcome({ ...facts, idempotent: true }),
    describeOutcome({ ...facts, idempotent: false }),
  ]);
  return tableOf(['what happened', 'idempotent, or marked so', 'other'], rows);
}

function generateRetryCauses(): string {
  const rows = Object.entries(RETRY_CAUSES).map(([cause, sentence]) => [`\`${cause}\``, sentence]);
  return tableOf(['cause', 'what it says'], rows);
}

function generateRetryRefusals(): string {
  const rows = Object.entries(RETRY_REFUSALS).map(([reason, { because, remedy }]) => [
    `\`${reason}\``,
    because,
    remedy,
  ]);
  return tableOf(['reason', 'because', 'to do'], rows);
}

/** Every option with a constant default, by its name as it is written in the documents. */
function flatten(values: object, prefix = ''): [string, unknown][] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flatten(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, value] as [string, unknown]],
  );
}

/** As it would be typed: `65_000`, `'fin'`, `Infinity`. */
function formatValue(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return value.toLocaleString('en').replaceAll(',', '_');
  if (typeof value === 'string') return `'${value}'`;
  return Array.isArray(value) ? `[${value.map(formatValue).join(', ')}]` : String(value);
}

const DEFAULTS: Readonly<Record<string, ReadonlyMap<string, unknown>>> = {
  serve: new Map(flatten(DEFAULT_SERVE_OPTIONS)),
  'serve-heartbeat': new Map(flatten({ heartbeat: DEFAULT_SERVER_HEARTBEAT })),
  session: new Map(flatten(DEFAULT_SESSION_OPTIONS)),
  events: new Map(flatten(DEFAULT_EVENTS_OPTIONS)),
  heartbeat: new Map(flatten(DEFAULT_HEARTBEAT_OPTIONS)),
  'session-heartbeat': new Map(flatten({ heartbeat: DEFAULT_SESSION_HEARTBEAT })),
  static: new Map(flatten(DEFAULT_STATIC_OPTIONS)),
  wire: new Map(flatten({ ...DEFAULT_WIRE_LIMITS, ...STRICT })),
};

/** Options whose default is no constant, so that the prose of their row says it. */
const COMPUTED_DEFAULTS: readonly string[] = ['keepAliveGraceMs', 'notFound', 'cacheControl', 'headers', 'onError'];

/** A table written by hand, whose second column is filled in. */
function fillInDefaults(argument: string, before: string): string {
  const defaults = DEFAULTS[argument === '' ? 'serve' : argument];
  assert.ok(defaults !== undefined, `there are no defaults called '${argument}'`);
  return before
    .split('\n')
    .map((line) => {
      const [, name] = /^\| `([\w.]+)` \|/.exec(line) ?? [];
      if (name === undefined || COMPUTED_DEFAULTS.includes(name)) return line;
      assert.ok(defaults.has(name), `${name} is no option with a constant default`);
      return line.replace(/^(\| `[\w.]+` \|)[^|]*\|/, `$1 \`${formatValue(defaults.get(name))}\` |`);
    })
    .join('\n');
}

/** A table written by hand, of which the columns of numbers are filled in; every profile has a row. */
function fillInProfiles(_argument: string, before: string): string {
  const lines = before.split('\n');
  for (const [profile, { limits, idleTimeoutMs }] of Object.entries(PROFILES)) {
    const at = lines.findIndex((line) => line.startsWith(`| \`${profile}\` |`));
    assert.notEqual(at, -1, `the profile ${profile} has no row`);
    const values = [limits.perOrigin, limits.total, idleTimeoutMs].map((value) =>
      value === undefined ? 'default' : `\`${formatValue(value)}\``,
    );
    const [, name = '', , , , ...rest] = lines[at]!.split('|').map((cell) => cell.trim());
    lines[at] = row(name, ...values, ...rest.slice(0, -1));
  }
  return lines.join('\n');
}

/** A setting of a server or a client, with what it is by default. */
function describeSetting(setting: SoftwareSetting | undefined): string {
  if (setting === undefined) return '-';
  const name = setting.source === '' ? `\`${setting.name}\`` : `[\`${setting.name}\`](${setting.source})`;
  return `${name} ${setting.defaultMs === null ? 'not set' : formatTimeout(setting.defaultMs)}`;
}

function generateServerSoftware(): string {
  const rows = SERVER_SOFTWARE.map(({ name, title, idle, head, request, note }) => [
    `\`${name}\``,
    title,
    ...[idle, head, request].map(describeSetting),
    note,
  ]);
  return tableOf(['name', 'server', 'idle', 'head', 'request', 'note'], rows);
}

function generateClientSoftware(): string {
  const rows = CLIENT_SOFTWARE.map(({ name, title, idle, hintCap, tcpKeepAlive, note }) => [
    `\`${name}\``,
    title,
    ...[idle, hintCap, tcpKeepAlive].map(describeSetting),
    note,
  ]);
  return tableOf(['name', 'client', 'idle', 'longest hint', 'first TCP keepalive probe', 'note'], rows);
}

/** Everything that an inspection measures, in the order of reports. */
function generateMeasurements(): string {
  const subjects = Object.keys(MEASUREMENT_SUBJECTS);
  const rows = Object.entries(MEASUREMENTS)
    .toSorted(([, left], [, right]) => subjects.indexOf(left.subject) - subjects.indexOf(right.subject))
    .map(([name, { label, unit, words, nullSays }]) => [
      `\`${name}\``,
      label,
      words === undefined ? UNIT_WORDS[unit] : words.map((word) => `\`${word}\``).join(', '),
      nullSays ?? '',
    ]);
  return tableOf(['name', 'what it is', 'value', 'null says'], rows);
}

const UNIT_WORDS = {
  ms: 'milliseconds',
  count: 'number',
  status: 'status',
  yesNo: '`true`, `false`',
  word: 'word',
  text: 'text',
  list: 'list of texts',
  record: 'settings by name',
  addresses: 'list, one entry for each address',
} as const;

function generateChecks(): string {
  const rows = listChecks().map(({ id, title, cost: { connections, requests }, waitMs }) => [
    `\`${id}\``,
    title,
    connections.toLocaleString('en'),
    requests.toLocaleString('en'),
    waitMs === 0 ? '' : '`--max-wait`',
  ]);
  return tableOf(['check', 'what is asked', 'connections', 'requests', 'waits'], rows);
}

function generateHttp2Sections(): string {
  const rows = [...FRAME_CASES, ...DEFINITION_CASES, ...MESSAGE_CASES].map(
    ({ section, does, outcome, node20, rfc }) => [
      section,
      does,
      node20 === undefined ? outcome : `${outcome}; Node.js 20: ${node20}`,
      rfc ?? '',
    ],
  );
  return tableOf(['section', 'a client', 'what happens', 'the RFC'], rows);
}

const fromTable = ({ head, rows }: TableText): string => tableOf(head, rows);

const GENERATORS: Readonly<Record<string, Generator>> = {
  'close-reasons': generateCloseReasons,
  'protocol-errors': generateProtocolErrors,
  'request-diagram': () => generateDiagram('awaited', REQUEST_TRANSITIONS),
  'response-diagram': () => generateDiagram('awaited', RESPONSE_TRANSITIONS),
  'persistence-diagram': () => generateDiagram('persistent', PERSISTENCE_TRANSITIONS),
  'heartbeat-diagram': generateHeartbeatDiagram,
  'exchange-outcomes': generateOutcomes,
  'retry-table': generateRetryTable,
  'retry-causes': generateRetryCauses,
  'retry-refusals': generateRetryRefusals,
  defaults: fillInDefaults,
  'session-profiles': fillInProfiles,
  hops: () => formatHopMarkdown(HOPS),
  'server-software': generateServerSoftware,
  'client-software': generateClientSoftware,
  measurements: generateMeasurements,
  checks: generateChecks,
  'http2-sections': generateHttp2Sections,
  'apache-directives': () => fromTable(tableOfDirectives()),
  'apache-refused': () => fromTable(tableOfRefusedDirectives()),
  'apache-differences': () => fromTable(tableOfDifferences()),
  example: (name) => fence('js', read(`examples/${name}.mjs`)),
};

const BLOCK = /(<!-- generated: ([\w-]+)(?: ([\w-]+))? -->\n)([\s\S]*?)(<!-- \/generated -->)/g;

/** The document as it should be. */
function regenerate(text: string): string {
  return text.replaceAll(BLOCK, (_whole, open: string, name: string, argument = '', before: string, close: string) => {
    const generate = GENERATORS[name];
    assert.ok(generate !== undefined, `nothing generates '${name}'`);
    return `${open}${generate(argument, before.trimEnd())}\n${close}`;
  });
}

/** Names in the first column of the tables of a document. */
function rowNames(text: string): Set<string> {
  return new Set(Array.from(text.matchAll(/^\| `([\w.]+)` \|/gm), ([, name]) => name ?? ''));
}

/** Text without code blocks, which may show anything. */
const withoutCode = (text: string): string => text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  const words = heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '');
  return words.replaceAll(' ', '-');
}

const anchorsOf = (text: string): string[] =>
  Array.from(withoutCode(text).matchAll(/^#+ (.*)$/gm), ([, heading]) => anchorOf(heading ?? ''));

/** The options that the help of a command names. */
async function optionsOf(command: string): Promise<Set<string | undefined>> {
  const stdout = new PassThrough();
  const exitCode = await main([command, '--help'], {
    stdout,
    stderr: new PassThrough(),
    environment: {},
    processId: 1,
    onSignal: () => () => {},
    exit: () => {},
    onExit: () => () => {},
  });
  assert.equal(exitCode, 0);
  return new Set(Array.from(String(stdout.read()).matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm), ([, name]) => name));
}

describe('the documents', () => {
  test('every generated block says what the sources say', () => {
    for (const document of documents) {
      const text = read(document);
      const expected = regenerate(text);
      if (isUpdating) {
        if (text !== expected) writeFileSync(path.join(root, document), expected);
        continue;
      }
      assert.equal(text, expected, `${document} is out of date: UPDATE_DOCS=1 npm test writes it anew`);
    }
  });

  test('every generator has a block somewhere, so that none is forgotten', () => {
    const used = new Set(documents.flatMap((file) => Array.from(read(file).matchAll(BLOCK), ([, , name]) => name)));
    assert.deepEqual(
      Object.keys(GENERATORS).filter((name) => !used.has(name)),
      [],
    );
  });

  const complete: readonly (readonly [string, string])[] = [
    ['docs/server-knobs.md', 'serve'],
    ['docs/client.md', 'session'],
    ['docs/client.md', 'events'],
    ['docs/client.md', 'session-heartbeat'],
    ['docs/static-files.md', 'static'],
    ['docs/server-knobs.md', 'wire'],
  ];
  for (const [document, defaults] of complete) {
    test(`${document} has a row for every option of '${defaults}'`, () => {
      const names = rowNames(read(document));
      assert.deepEqual(
        [...(DEFAULTS[defaults]?.keys() ?? [])].filter((name) => !names.has(name)),
        [],
      );
    });
  }

  test('every link leads to a file and a heading that are there', () => {
    const broken: string[] = [];
    for (const document of documents) {
      for (const [, target = ''] of withoutCode(read(document)).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [file = '', anchor] = target.split('#');
        const linked = file === '' ? document : path.posix.join(path.posix.dirname(document), file);
        const isThere = existsSync(path.join(root, linked));
        const hasAnchor = anchor === undefined || (isThere && anchorsOf(read(linked)).includes(anchor));
        if (!isThere || !hasAnchor) broken.push(`${document}: ${target}`);
      }
    }
    assert.deepEqual(broken, []);
  });

  test('every path of the tree that is named is there', () => {
    const missing: string[] = [];
    for (const document of documents) {
      for (const [, name = ''] of read(document).matchAll(/`((?:src|test|bench|docs|examples|bin)\/[\w./-]*)`/g)) {
        if (!existsSync(path.join(root, name))) missing.push(`${document}: ${name}`);
      }
    }
    assert.deepEqual(missing, []);
  });

  test('the README tells every option of `perdura serve`, docs/check.md those of `perdura check`, docs/watch.md those of `perdura watch`, and none that is not there', async () => {
    for (const [command, ...files] of [
      ['serve', 'README.md', 'README.es.md'],
      ['check', 'docs/check.md'],
      ['watch', 'docs/watch.md'],
    ] as const) {
      const options = await optionsOf(command);
      for (const file of files) {
        const told = new Set(Array.from(read(file).matchAll(/^\| [^|]*`(--[\w-]+)/gm), ([, name]) => name));
        assert.deepEqual(told, options, file);
      }
    }
  });

  test('the README fits a few screens, in both languages, and both say as much', () => {
    const [english, spanish] = [read('README.md'), read('README.es.md')];
    for (const text of [english, spanish]) assert.ok(text.split('\n').length <= 400);
    const outline = (text: string): string[] =>
      Array.from(text.matchAll(/^(#+ |\|(?!-)|<!-- [^>]*>|- |\d\. )/gm), ([mark]) => mark);
    assert.deepEqual(outline(spanish), outline(english));
    assert.deepEqual(rowNames(spanish), rowNames(english));
  });
});
