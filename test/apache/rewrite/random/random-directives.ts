// Lines of the modules beside mod_rewrite that have a say in where a request goes.
import type { SeededRandom } from '../../../wire/seeded-random.ts';
import { drawCondition, drawExpressionWithGroups, drawText } from '../../expression/random/random-expression.ts';
import { drawRule } from './random-rule.ts';

const URL_PATHS: readonly string[] = ['/a', '/a.html', '/d', '/d/', '/al', '/al/', '/x', '/', '/d/e', '/sp', '/b.txt'];

const DESTINATIONS: readonly string[] = [
  'http://other.test/r',
  'http://other.test/r?q=1',
  '/b.txt',
  '/d/',
  'https://@HOST@/',
  '/r#f',
  'b.txt',
  '/r%20s',
];

const MATCHES: readonly string[] = ['^/a(.*)$', '^/(x|d)(.*)', '(.*)\\.txt$', '^/d/(.*)', '/e', '^/$', '(?i)^/A'];

const STATUSES: readonly string[] = [
  '',
  '301 ',
  'permanent ',
  'temp ',
  'seeother ',
  'gone ',
  '410 ',
  '404 ',
  '308 ',
  '200 ',
];

/** What mod_alias sends to elsewhere: allowed everywhere. */
export function drawRedirect(random: SeededRandom): string {
  if (random.oneIn(6)) {
    const name = random.pick(['RedirectPermanent', 'RedirectTemp']);
    return `${name} ${random.pick(URL_PATHS)} ${random.pick(DESTINATIONS)}`;
  }
  const status = random.pick(STATUSES);
  const ends = /^(?:gone|410|404|200)/.test(status);
  if (random.oneIn(2)) {
    const target = random.oneIn(2) ? random.pick(DESTINATIONS) : `http://other.test/$1?$2&$0`;
    return `RedirectMatch ${status}${random.pick(MATCHES)}${ends ? '' : ` ${target}`}`;
  }
  return `Redirect ${status}${random.pick(URL_PATHS)}${ends ? '' : ` ${random.pick(DESTINATIONS)}`}`;
}

/** Of a host only. */
export function drawAlias(random: SeededRandom): string {
  const folder = random.pick(['@DOC@/../al', '@DOC@/../al/', '@DOC@/d', '@DOC@/a.html']);
  if (random.oneIn(3)) {
    return `AliasMatch ${random.pick(MATCHES)} "${random.pick([`${folder}/$1`, folder, '@DOC@/../al/$2'])}"`;
  }
  const path = random.oneIn(2) ? random.pick(['/al', '/al/']) : random.pick(URL_PATHS);
  return `Alias ${path} "${folder}"`;
}

/** Allowed everywhere. */
export function drawPlainDirective(random: SeededRandom): string {
  switch (random.below(12)) {
    case 0:
    case 1:
      return `FallbackResource ${random.pick(['/b.txt', '/index.html', '/d/index.html', 'disabled', 'b.txt', '/no'])}`;
    case 2:
    case 3:
      return `DirectoryIndex ${random.pick(['index.html', 'a.html b.txt', '/b.txt', 'disabled', 'no.html /d/a.html', 'e/b.txt'])}`;
    case 4:
    case 5:
      return `ErrorDocument ${random.pick(['404', '403', '410', '500', '400'])} ${random.pick(['/b.txt', '/d/', '"gone away"', '/no', 'http://other.test/e', '/a.html?e=1'])}`;
    case 6:
      return `DirectorySlash ${random.pick(['On', 'Off'])}`;
    case 7:
      return `DirectoryCheckHandler ${random.pick(['On', 'Off'])}`;
    case 8:
      return `SetEnvIf ${random.pick(['Request_URI', 'X-A', 'Request_Method', 'Host'])} ${random.pick(['a', '(.*)', '^/d', '!x'])} ${random.pick(['V=$1', 'A', '!A', 'V=/b.txt'])}`;
    case 9:
      return `AcceptPathInfo ${random.pick(['On', 'Off', 'Default'])}`;
    case 10:
      return `SetEnv ${random.pick(['A', 'V'])} ${random.pick(['b.txt', 'x', '/d/'])}`;
    default:
      return `SetEnvIfExpr "${drawExpressionWithGroups(random)}" ${random.pick(['V=x', 'A=x', '!A'])}`;
  }
}

/** A condition around other lines, or a field that tells its value. */
export function drawExpressionDirective(random: SeededRandom, isHost: boolean, mayBeWrong: boolean): string {
  const condition = drawCondition(random, 2);
  // A host has no users to admit.
  switch (random.below(isHost ? 3 : 4)) {
    case 0:
      return `<If "${condition}">\nHeader set X-If 1\n${drawRule(random, mayBeWrong).join('\n')}\n</If>`;
    case 1:
      return `<If "${condition}">\n${drawRedirect(random)}\n</If>\n<Else>\n${drawPlainDirective(random)}\n</Else>`;
    case 2:
      return `Header always set X-Text "expr=${drawText(random, 3)}"`;
    default:
      return `Require expr ${condition}`;
  }
}
