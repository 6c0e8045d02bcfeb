// The files and requests of a batch of random hosts, as the harness of the differential suite lays them out and asks them.
import type { SiteEntry, Site, Step } from '../../differential/harness/site.ts';
import type { Place, RandomBatch, RandomHost } from './random-host.ts';

/** Watched in every answer: what rules set. */
export const WATCHED_VARIABLES = [
  'A',
  'B',
  'V',
  'REDIRECT_A',
  'REDIRECT_URL',
  'REDIRECT_STATUS',
  'SCRIPT_URL',
] as const;

/** The names are bytes; folders end with a slash, `->` is a link. */
const FILES: readonly string[] = [
  'a.html',
  'b.txt',
  'index.html',
  'd/index.html',
  'd/a.html',
  'd/e/b.txt',
  'none/c.txt',
  'sp ace.txt',
  'q?x.txt',
  'p%q.txt',
  'a+b.txt',
  'a;b',
  '\xc3\xa9.txt',
  'ld -> d',
  'l.html -> a.html',
  '../al/a.html',
  '../al/s/index.html',
];

const MODIFIED = new Date('2024-03-05T06:07:08Z');

const MAP = `a.html b.txt\nb.txt http://@HOST@/a.html\nd d/e\nx /a.html?m=1\ne\xe9 %2e%3f\nsp with space\n`;

export const hostNameOf = (index: number): string => `h${index}.test`;

function filled(text: string, index: number): string {
  return text.replaceAll('@DOC@', `\${SITE}/h${index}/www`).replaceAll('@HOST@', hostNameOf(index));
}

function formatPlace({ kind, name, lines }: Place): string {
  const text = lines.map((line) => `${line}\n`).join('');
  if (kind === 'host') return text;
  return `<${name}>\n${text}</${name.split(' ', 1)[0] ?? ''}>\n`;
}

function formatVirtualHost(host: RandomHost, index: number): string {
  const places = host.places.filter(({ kind, lines }) => kind !== 'htaccess' && lines.length > 0);
  return filled(
    `<VirtualHost *:\${PORT}>
ServerName @HOST@
ServerAlias alias.@HOST@ *.wild.@HOST@
DocumentRoot "@DOC@"
ErrorLog "\${LOGS}/h${index}.log"
RewriteMap txt "txt:\${SITE}/h${index}/map.txt"
RewriteMap low int:tolower
RewriteMap up int:toupper
RewriteMap esc int:escape
RewriteMap une int:unescape
${places.map(formatPlace).join('')}</VirtualHost>
`,
    index,
  );
}

/** The configuration of all hosts. */
export function formatConfiguration({ main, hosts }: RandomBatch): string {
  const watched = WATCHED_VARIABLES.map(
    (name) => `Header always set X-Env-${name} "expr=%{escape:%{reqenv:${name}}}"\n`,
  );
  return `Listen 127.0.0.1:\${PORT}
ServerName main.test
DocumentRoot "\${SITE}/h0/www"
KeepAlive On
MaxKeepAliveRequests 0
<Directory />
AllowOverride All
Options FollowSymLinks
Require all granted
</Directory>
DirectoryIndex index.html
Header always set X-File "expr=%{escape:%{REQUEST_FILENAME}}"
Header always set X-Query "expr=%{escape:%{QUERY_STRING}}"
Header always set X-Uri "expr=%{escape:%{REQUEST_URI}}"
Header set X-Path-Info "expr=%{escape:%{PATH_INFO}}"
${watched.join('')}${main.map((line) => `${line}\n`).join('')}${hosts.map(formatVirtualHost).join('')}`;
}

const file = (path: string, text: string): SiteEntry => ({
  kind: 'file',
  path,
  bytes: Buffer.from(text, 'latin1'),
  modified: MODIFIED,
});

function entriesOf(host: RandomHost, index: number): SiteEntry[] {
  const files = FILES.map((name): SiteEntry => {
    const [path = '', target] = name.split(' -> ');
    const place = path.startsWith('../') ? `h${index}/${path.slice(3)}` : `h${index}/www/${path}`;
    return target === undefined ? file(place, `${path}\n`) : { kind: 'link', path: place, target };
  });
  const rules = host.places.filter(({ kind, lines }) => kind === 'htaccess' && lines.length > 0);
  const folder = (name: string): string => `h${index}/www/${name === '' ? '' : `${name}/`}`;
  return [
    ...files,
    file(`h${index}/map.txt`, filled(MAP, index)),
    file(`h${index}/www/empty.txt`, ''),
    ...rules.map(({ name, lines }) =>
      file(`${folder(name)}.htaccess`, filled(lines.map((line) => `${line}\n`).join(''), index)),
    ),
    ...rules.filter(({ name }) => name.startsWith('x')).map(({ name }) => file(`${folder(name)}f`, 'f\n')),
  ];
}

function stepsOf(host: RandomHost, index: number): Step[] {
  return host.requests.map(({ method, target, fields }) => {
    const own = fields.some((field) => /^host:/i.test(field)) ? [] : [`Host: ${hostNameOf(index)}`];
    const lines = [`${method} ${target} HTTP/1.1`, ...own, ...fields].join('\r\n');
    return {
      name: `${method} ${target}`,
      bytes: Buffer.from(`${lines.replaceAll('@HOST@', hostNameOf(index))}\r\n\r\n`, 'latin1'),
      answers: [{ method, headless: false }],
      pauseMs: 0,
      reopens: true,
    };
  });
}

/** One site with all hosts, which are asked one after the other over one connection. */
export function writeBatch(batch: RandomBatch, name: string): Site {
  return {
    name,
    title: name,
    entries: [file('httpd.conf', formatConfiguration(batch)), ...batch.hosts.flatMap(entriesOf)],
    conversations: [
      {
        name: 'all',
        port: 'PORT',
        tls: undefined,
        steps: batch.hosts.flatMap(stepsOf),
        endsAfter: false,
        waitMs: undefined,
        answersWithinMs: 10_000,
        timed: false,
      },
    ],
    accessLogs: [],
    errorLog: 'all',
    errorLogs: [],
    atOnce: 1,
  };
}
