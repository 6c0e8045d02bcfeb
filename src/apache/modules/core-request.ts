// What requests may be, and what becomes of their paths: limits and slashes.
import { readInteger, readLeadingNumber } from '../config/leading-number.ts';
import { defineDirective, type DirectiveCall, type DirectiveDefinition } from '../module/directive.ts';
import { defineModule, type ApacheModule } from '../module/module.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { applyProtocolOption, type ProtocolOptions } from './http-protocol-options.ts';

/** Of a server or virtual host. Undefined: not set. */
export interface RequestServer extends ProtocolOptions {
  /** `NoDecode` lets `%2F` stand in the path. Default `off`: 404. */
  allowEncodedSlashes: 'on' | 'off' | 'nodecode' | undefined;
  /** Default true. */
  mergeSlashes: boolean | undefined;
  /** Default 8190. */
  limitRequestLineBytes: number | undefined;
  /** Default 8190. */
  limitRequestFieldBytes: number | undefined;
  /** 0: no limit. Default 100. */
  limitRequestFields: number | undefined;
  /** Redirects within the server. Default 10. */
  maxInternalRedirects: number | undefined;
  /** Sub-requests within each other. Default 10. */
  maxSubrequests: number | undefined;
}

/** Of a folder, location or server. Undefined: not set. */
export interface RequestDirectory {
  /** Bytes, 0 for no limit. Default 1 GiB. */
  limitRequestBody: number | undefined;
}

/** What Apache is built with. */
export const REQUEST_DEFAULTS = {
  limitRequestLineBytes: 8190,
  limitRequestFieldBytes: 8190,
  limitRequestFields: 100,
  maxInternalRedirects: 10,
  maxSubrequests: 10,
  limitRequestBody: 1_073_741_824,
  maxRanges: 200,
  maxRangeOverlaps: 20,
  maxRangeReversals: 20,
} as const;

type Call = DirectiveCall<RequestServer, RequestDirectory>;
type Definition = DirectiveDefinition<RequestServer, RequestDirectory>;

function createServer(): RequestServer {
  return {
    allowEncodedSlashes: undefined,
    mergeSlashes: undefined,
    limitRequestLineBytes: undefined,
    limitRequestFieldBytes: undefined,
    limitRequestFields: undefined,
    maxInternalRedirects: undefined,
    maxSubrequests: undefined,
    conformance: undefined,
    http09: undefined,
    methods: undefined,
  };
}

function mergeSettings<Settings extends object>(base: Settings, over: Settings): Settings {
  const set = Object.entries(over).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(set) };
}

/** atoi(), and what Apache says of a negative number. */
function readLimit(name: string, text: string, hint: string): number {
  const value = readInteger(text);
  if (value < 0) throw new ConfigurationError(`${name} "${text}" must be a non-negative integer${hint}`);
  return value;
}

function setEncodedSlashes({ words: [text = ''], server }: Call): void {
  const word = text.toLowerCase();
  if (word !== 'on' && word !== 'off' && word !== 'nodecode') {
    throw new ConfigurationError('AllowEncodedSlashes must be On, Off, or NoDecode');
  }
  server.allowEncodedSlashes = word;
}

function setBodyLimit({ words: [text = ''], directory }: Call): void {
  const number = readLeadingNumber(text);
  if (number !== undefined && number.value >= 2n ** 63n) {
    throw new ConfigurationError('LimitRequestBody argument is not parsable.');
  }
  if (number === undefined || number.rest !== '' || number.value < 0n) {
    throw new ConfigurationError('LimitRequestBody requires a non-negative integer.');
  }
  directory.limitRequestBody = Number(number.value);
}

function setRecursion({ words, server }: Call): void {
  const limits = words.map((word) => readInteger(word));
  if (limits.some((limit) => limit <= 0)) {
    throw new ConfigurationError('The recursion limit must be greater than zero.');
  }
  server.maxInternalRedirects = limits[0];
  server.maxSubrequests = limits[1] ?? limits[0];
}

const DIRECTIVES: readonly Definition[] = [
  defineDirective({
    name: 'AllowEncodedSlashes',
    contexts: ['server'],
    tier: 2,
    arguments: 'one',
    usage: "Allow URLs containing '/' encoded as '%2F'",
    summary: 'What becomes of `%2F` in a path: 404, a slash, or itself.',
    apply: setEncodedSlashes,
  }),
  defineDirective({
    name: 'MergeSlashes',
    contexts: ['server'],
    tier: 2,
    arguments: 'flag',
    usage: 'Controls whether consecutive slashes in the URI path are merged',
    summary: 'Whether `//` counts as `/`.',
    apply: ({ on, server }) => {
      server.mergeSlashes = on;
    },
  }),
  defineDirective({
    name: 'LimitRequestLine',
    contexts: ['server'],
    tier: 2,
    arguments: 'one',
    usage: 'Limit on maximum size of an HTTP request line',
    summary: 'How long a request line may be, in bytes.',
    apply: ({ words: [text = ''], server }) => {
      server.limitRequestLineBytes = readLimit('LimitRequestLine', text, '');
    },
  }),
  defineDirective({
    name: 'LimitRequestFieldsize',
    contexts: ['server'],
    tier: 2,
    arguments: 'one',
    usage: 'Limit on maximum size of an HTTP request header field',
    summary: 'How long a field of a request may be, in bytes.',
    apply: ({ words: [text = ''], server }) => {
      server.limitRequestFieldBytes = readLimit('LimitRequestFieldsize', text, '');
    },
  }),
  defineDirective({
    name: 'LimitRequestFields',
    contexts: ['server'],
    tier: 2,
    arguments: 'one',
    usage: 'Limit (0 = unlimited) on max number of header fields in a request message',
    summary: 'How many fields a request may have.',
    apply: ({ words: [text = ''], server }) => {
      server.limitRequestFields = readLimit('LimitRequestFields', text, ' (0 = no limit)');
    },
  }),
  defineDirective({
    name: 'LimitRequestBody',
    contexts: ['server', 'directory', 'htaccess'],
    override: ['any'],
    tier: 2,
    arguments: 'one',
    usage: 'Limit (in bytes) on maximum size of request message body',
    summary: 'How large the body of a request may be.',
    apply: setBodyLimit,
  }),
  defineDirective({
    name: 'HttpProtocolOptions',
    contexts: ['server'],
    tier: 2,
    arguments: 'each',
    usage:
      "'Allow0.9' or 'Require1.0' (default); 'RegisteredMethods' or 'LenientMethods' (default); 'Unsafe' or 'Strict' (default). Sets HTTP acceptance rules",
    summary: 'How strictly requests are read.',
    apply: ({ words: [text = ''], server }) => {
      applyProtocolOption(text, server);
    },
  }),
  defineDirective({
    name: 'LimitInternalRecursion',
    contexts: ['server'],
    tier: 2,
    arguments: 'oneOrTwo',
    usage: 'maximum recursion depth of internal redirects and subrequests',
    summary: 'How often a request may be redirected within the server.',
    apply: setRecursion,
  }),
];

export const coreRequest: ApacheModule<RequestServer, RequestDirectory> = defineModule<RequestServer, RequestDirectory>(
  {
    name: 'core.c',
    identifier: 'core_module',
    createServer,
    mergeServer: mergeSettings,
    createDirectory: () => ({
      limitRequestBody: undefined,
    }),
    mergeDirectory: mergeSettings,
    directives: DIRECTIVES,
  },
);
