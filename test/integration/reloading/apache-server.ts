// Apache with the event MPM, which tells its idle timeout of a second and allows few requests on each connection. It reflects what
// is sent to it, and its access log tells what was executed.
import { readFileSync } from 'node:fs';
import { runProgram } from '../run-program.ts';
import type { ReloadedServer } from './reload-under-load.ts';
import { ServedFiles } from './served-files.ts';
import { ServerProcess, findFreePort } from './server-process.ts';
import type { ExpectedAnswer, LoadRequest } from './workload.ts';

/** Where Debian keeps the modules. */
const MODULES = '/usr/lib/apache2/modules';

/** See the head of the file. */
export class ApacheServer implements ReloadedServer {
  readonly url: string;
  readonly files: ServedFiles;
  readonly #program: string;
  readonly #process: ServerProcess;
  readonly #args: readonly string[];

  private constructor(program: string, port: number, files: ServedFiles) {
    this.#program = program;
    this.files = files;
    this.url = `http://127.0.0.1:${port}`;
    this.#args = ['-d', files.folder, '-f', files.path('httpd.conf')];
    this.#process = new ServerProcess(program, [...this.#args, '-DFOREGROUND']);
  }

  static async start(program: string): Promise<ApacheServer> {
    const files = new ServedFiles();
    const port = await findFreePort();
    files.write('httpd.conf', formatConfiguration(files, port));
    const server = new ApacheServer(program, port, files);
    await server.#process.accepting({ port, host: '127.0.0.1' });
    return server;
  }

  expect({ method, path, body }: LoadRequest): ExpectedAnswer {
    // Nobody has told it what to do with a PUT, and it says so.
    if (method === 'PUT') return { status: 405, body: undefined };
    return { status: 200, body: method === 'GET' ? this.files.content(path) : body };
  }

  async reload(): Promise<void> {
    const { code, stderr } = await runProgram(this.#program, [...this.#args, '-k', 'graceful']);
    if (code !== 0) throw new Error(`apache2 -k graceful: ${stderr}`);
  }

  async executedPosts(): Promise<readonly string[]> {
    const lines = readFileSync(this.files.path('access.log'), 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('POST ')).map((line) => line.slice('POST '.length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop('SIGTERM');
    this.files.remove();
  }
}

function formatConfiguration(files: ServedFiles, port: number): string {
  const modules = ['mpm_event', 'authz_core', 'headers', 'mime', 'reflector'].map(
    (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`,
  );
  // Apache does not serve as root.
  const user = process.getuid?.() === 0 ? 'User nobody\nGroup nogroup' : '';
  return `${modules.join('\n')}
${user}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
DefaultRuntimeDir ${files.folder}
PidFile ${files.path('apache.pid')}
ErrorLog ${files.path('error.log')}
LogFormat "%m %{X-Id}i" executed
CustomLog ${files.path('access.log')} executed
TypesConfig /dev/null
AddType text/plain .txt
DocumentRoot ${files.path('root')}
<Directory ${files.path('root')}>
  Require all granted
</Directory>
<Location /echo>
  SetHandler reflector
</Location>
Header always set X-Echo "expr=%{REQUEST_METHOD} %{REQUEST_URI} %{req:X-Id}"
KeepAlive On
KeepAliveTimeout 1
MaxKeepAliveRequests 50
StartServers 2
ServerLimit 16
ThreadsPerChild 16
MinSpareThreads 16
MaxSpareThreads 48
MaxRequestWorkers 256
GracefulShutdownTimeout 2
`;
}
