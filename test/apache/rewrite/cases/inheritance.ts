// What virtual hosts have of the rules of the main server.
import type { RewriteCase } from '../rewrite-case.ts';

const ON = 'RewriteEngine On\n';

/** What the main server says. */
export function mainRules(options: string): string {
  return `${ON}RewriteMap m int:toupper\nRewriteRule ^ - [E=A:main,E=C:\${m:x}]\nRewriteRule ^/x$ /b\n${options}\n`;
}

export const INHERITANCE_CASES: readonly RewriteCase[] = [
  { name: 'a host that says nothing', files: ['b'], asks: ['/x', '/b'] },
  { name: 'a host with an engine', host: ON, files: ['b'], asks: ['/x', '/b'] },
  { name: 'a host that inherits', host: 'RewriteOptions Inherit', files: ['b'], asks: ['/x', '/b'] },
  {
    name: 'a host that inherits behind its own',
    host: `${ON}RewriteOptions Inherit\nRewriteRule ^ - [E=B:host,E=A:host]`,
    files: ['b'],
    asks: ['/x', '/b'],
  },
  {
    name: 'a host that inherits in front of its own',
    host: `${ON}RewriteOptions InheritBefore\nRewriteRule ^ - [E=B:host,E=A:host]`,
    files: ['b'],
    asks: ['/x', '/b'],
  },
  {
    name: 'a host with rules and no engine',
    host: 'RewriteRule ^ - [E=B:host,E=A:host]',
    files: ['b'],
    asks: ['/x', '/b'],
  },
  { name: 'a host that asks a map', host: 'RewriteRule ^ - [E=B:${m:q}]', files: ['b'], asks: ['/b'] },
  {
    name: 'a host that does not inherit',
    host: `${ON}RewriteOptions IgnoreInherit\nRewriteRule ^ - [E=B:host]`,
    files: ['b'],
    asks: ['/x', '/b'],
  },
  {
    name: 'a host without an engine',
    host: 'RewriteEngine Off',
    htaccess: 'RewriteRule ^x$ b',
    files: ['b'],
    asks: ['/x', '/b'],
  },
  {
    name: 'a folder that asks a map of the main server',
    htaccess: 'RewriteRule ^x$ b [E=B:${m:folder}]',
    files: ['b'],
    asks: ['/x', '/b'],
  },
  {
    name: 'a folder that asks a map that the host has not',
    host: 'RewriteMap k int:tolower',
    htaccess: 'RewriteRule ^x$ b [E=B:${m:folder}]',
    files: ['b'],
    asks: ['/x', '/b'],
  },
];
