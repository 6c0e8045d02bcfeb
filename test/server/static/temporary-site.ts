// A folder to be served in a test, with a secret beside it, and short ways to ask for its files.
import { mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Answer, AnswerHandler, HandlerContext } from '#src/server/handler.js';
import { resolveStaticOptions, type StaticOptions } from '#src/server/static/options.js';
import { RootFolder } from '#src/server/static/root-folder.js';
import { StaticFiles } from '#src/server/static/static-files.js';
import { detectProcfs, nodeFileCalls, type FileCalls } from '#src/server/static/file-calls.js';

/** Long ago, so that entity tags are strong. */
export const MODIFIED_MS: number = Date.UTC(2020, 0, 2, 3, 4, 5, 250);

/** What lies outside the root and must never be seen. */
export const SECRET = 'the secret beside the root';

export interface TemporarySite {
  /** The folder around the root. */
  readonly around: string;
  readonly root: string;
  write(path: string, content: string | Uint8Array, modifiedMs?: number): Promise<string>;
}

/** Makes a root with files by path, and removes everything after the test. */
export async function makeSite(
  test: TestContext,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<TemporarySite> {
  const around = await realpath(await mkdtemp(join(tmpdir(), 'perdura-static-')));
  test.after(() => rm(around, { recursive: true, force: true }));
  const root = join(around, 'root');
  await mkdir(root);
  await writeFile(join(around, 'secret.txt'), SECRET);
  const write = async (path: string, content: string | Uint8Array, modifiedMs = MODIFIED_MS): Promise<string> => {
    const full = join(root, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
    await utimes(full, modifiedMs / 1_000, modifiedMs / 1_000);
    return full;
  };
  await Promise.all(Object.entries(files).map(([path, content]) => write(path, content)));
  return { around, root, write };
}

/** What a handler is given that looks at nothing of it. */
export const CONTEXT: HandlerContext = {
  connection: {
    id: 1,
    state: 'active',
    protocol: 'http/1.1',
    requests: 1,
    ageMs: 0,
    idleMs: 0,
    remote: '127.0.0.1:50000',
  },
  client: { address: '127.0.0.1', port: 50_000, protocol: 'http', host: 'a' },
  draining: new AbortController().signal,
  sendInformational: () => false,
  upgrade: () => {
    throw new Error('files are not upgraded');
  },
};

/** An answer with its fields easy to look at. */
export interface SeenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Answer['body'] | undefined;
  /** Reads the body to its end. */
  text(): Promise<string>;
}

/** A request as the server makes it: `url` is what was sent, which the global Request would normalise. */
export function makeRequest(target: string, headers: Record<string, string> = {}, method = 'GET'): Request {
  const request = new Request('http://localhost/', { method, headers });
  Object.defineProperty(request, 'url', { value: `http://localhost${target}` });
  return request;
}

export type Ask = (target: string, headers?: Record<string, string>, method?: string) => Promise<SeenAnswer>;

/** A short way to ask a handler. */
export function asking(handler: AnswerHandler): Ask {
  return async (target, headers, method) => look(await handler(makeRequest(target, headers, method), CONTEXT));
}

/** An answer as it is looked at in tests. */
export function look(answer: Answer): SeenAnswer {
  const { body } = answer;
  return {
    status: answer.status ?? 200,
    headers: new Headers(answer.headers as Record<string, string>),
    body,
    text: async () => (await readBody(body)).toString(),
  };
}

/** All bytes of a body. */
export async function readBody(body: Answer['body'] | undefined): Promise<Buffer> {
  if (body === null || body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** Serves with calls of the test's own, and counts every call; `open` is how many files are open. */
export function serveCounted(
  root: string,
  options: StaticOptions = {},
  replaced: (calls: FileCalls) => Partial<FileCalls> = () => ({}),
): { readonly ask: Ask; readonly counts: Record<keyof FileCalls | 'stillOpen', number> } {
  const node = nodeFileCalls(detectProcfs(root, root));
  const calls: FileCalls = { ...node, ...replaced(node) };
  const counts = { open: 0, factsOf: 0, factsAt: 0, realPathOf: 0, realPathAt: 0, read: 0, close: 0, stillOpen: 0 };
  const counted: FileCalls = {
    open: async (path) => {
      counts.open++;
      const descriptor = await calls.open(path);
      counts.stillOpen++;
      return descriptor;
    },
    factsOf: (descriptor) => (counts.factsOf++, calls.factsOf(descriptor)),
    factsAt: (path) => (counts.factsAt++, calls.factsAt(path)),
    realPathOf: (descriptor, path) => (counts.realPathOf++, calls.realPathOf(descriptor, path)),
    realPathAt: (path) => (counts.realPathAt++, calls.realPathAt(path)),
    read: (...rest) => (counts.read++, calls.read(...rest)),
    close: (descriptor) => {
      counts.close++;
      counts.stillOpen--;
      calls.close(descriptor);
    },
  };
  const files = new StaticFiles(RootFolder.open(root, counted), resolveStaticOptions(options));
  return { ask: asking((request) => files.answer(request)), counts };
}
