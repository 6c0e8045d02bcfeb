// A whole site in memory: its configuration and files, asked without sockets. Whatever the server would be told can be looked at.
import { RunningSite } from '#src/apache/index.js';
import type { SiteEnvironment } from '#src/apache/index.js';
import type { Answer, ExactHead, HandlerContext, RawRequest, Refusal } from '#src/server/index.js';
import { MemoryFileLookup } from '../../support/memory-file-lookup.ts';

const CONFIG_FILE = '/etc/httpd.conf';

/** What a configuration of these tests needs. */
const HEAD = `${[
  'mpm_event alias allowmethods auth_basic authn_core authn_file authz_core authz_host authz_user authz_groupfile access_compat',
  'autoindex deflate dir env expires filter headers mime rewrite setenvif',
]
  .join(' ')
  .split(' ')
  .map((name) => `LoadModule ${name}_module mod_${name}.so\n`)
  .join('')}ServerName main.test
Listen 80
TypesConfig mime.types
ErrorLog error.log
DocumentRoot /www
<Directory /www>
AllowOverride All
Require all granted
</Directory>
`;

/** When everything happens: Sun, 22 Nov 2026 13:00:00 GMT. */
const NOW_MS = 1_795_352_400_000;

/** What came back. */
export interface Told {
  readonly status: number;
  readonly head: ExactHead;
  readonly body: string;
}

/** See the head of the file. */
export class MemorySite {
  readonly files: MemoryFileLookup;
  /** `access FILE LINE`. */
  readonly accessLines: string[] = [];
  /** From the module on: `[core:error] [pid …] …`. */
  readonly errorLines: string[] = [];
  readonly #site: RunningSite;

  constructor(
    configuration: string,
    files: Readonly<Record<string, string>> = {},
    more: Partial<SiteEnvironment> = {},
  ) {
    this.files = new MemoryFileLookup({
      '/www/index.html': 'hello',
      '/etc/mime.types': 'text/html html\ntext/plain txt\n',
      ...files,
      [CONFIG_FILE]: `${HEAD}${configuration}\n`,
    });
    this.#site = new RunningSite(
      { file: CONFIG_FILE },
      {
        files: this.files,
        processId: 7,
        machineName: 'machine.test',
        wallMs: () => NOW_MS,
        writeAccess: (_, line) => void this.accessLines.push(line),
        writeError: (_, line) => void this.errorLines.push(line.replace(/^\[[^\]]*\] /, '')),
        ...more,
      },
    );
  }

  /** `GET /path`, and fields as names and values in turn. */
  async ask(line: string, ...fields: string[]): Promise<Told> {
    return read(await this.#site.answer(contextOf(line, fields)));
  }

  async refuse(cause: Refusal['cause'], line: string): Promise<Told | undefined> {
    const refusal: Refusal = { cause, status: 400, message: '', headComplete: false, requestLine: line, fields: [] };
    const answer = await this.#site.refuse(refusal, contextOf(line, [], false));
    return answer === undefined ? undefined : read(answer);
  }
}

function contextOf(line: string, fields: readonly string[], complete = true): HandlerContext {
  const [method = '', target = ''] = line.split(' ');
  const raw: RawRequest = {
    connectionKey: {},
    requestNumber: 1,
    startedAtMs: NOW_MS,
    requestLine: complete ? `${line} HTTP/1.1` : line,
    method: complete ? method : '',
    target: complete ? target : '',
    version: complete ? 'HTTP/1.1' : '',
    minorVersion: 1,
    fields: fields.includes('Host') || !complete ? fields : ['Host', 'main.test', ...fields],
    hasBody: false,
    local: { address: '127.0.0.1', port: 80 },
    remote: { address: '127.0.0.1', port: 50_000 },
    secure: false,
    discardBody: () => Promise.resolve(true),
  };
  // Nothing else is looked at.
  return { raw, connection: { id: 1 }, sendInformational: () => true } as unknown as HandlerContext;
}

async function read(answer: Answer): Promise<Told> {
  const { exact, body = null, status = 200 } = answer;
  if (exact === undefined) throw new Error('the answer leaves its head to the server');
  const head = exact.head({ mustClose: undefined });
  let text = '';
  if (body instanceof Uint8Array) text = Buffer.from(body).toString('latin1');
  else if (body !== null)
    for await (const piece of body as AsyncIterable<Uint8Array>) text += Buffer.from(piece).toString('latin1');
  exact.done?.({
    bodyBytes: text.length,
    sentBytes: text.length + head.fieldLines.length,
    receivedBytes: 100,
    persistent: head.persistent,
    aborted: false,
    durationMs: 1,
    startedAtMs: NOW_MS,
  });
  return { status, head, body: text };
}
