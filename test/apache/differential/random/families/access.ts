// Who may come in: Require of all kinds and its groups, Basic, and what access_compat kept of old. Names of clients are left out: they are refused
// on purpose.
import type { SeededRandom } from '../../../../wire/seeded-random.ts';
import { makeExpression } from '../make-expression.ts';
import { line, section } from '../plot.ts';
import type { DirectiveNode } from '../plot.ts';
import { pickSome, USERS, VARIABLE_NAMES } from '../vocabulary.ts';
import type { DirectiveFamily } from './family.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE', 'PROPFIND'] as const;
const ADDRESSES = [
  '127.0.0.1',
  '127',
  '127.0.0.0/8',
  '127.0.0.0/255.0.0.0',
  '10.0.0.0/8',
  '::1',
  '192.168.1.1',
] as const;

function makeRequire(random: SeededRandom): string {
  const not = random.oneIn(5) ? 'not ' : '';
  switch (random.below(12)) {
    case 0:
    case 1:
      return `Require all ${random.pick(['granted', 'denied', 'granted'])}`;
    case 2:
    case 3:
      return `Require ${not}ip ${pickSome(random, ADDRESSES, 2).join(' ')}`;
    case 4:
      return `Require ${not}local`;
    case 5:
      return `Require ${not}env ${pickSome(random, VARIABLE_NAMES, 2).join(' ')}`;
    case 6:
      return `Require ${not}method ${pickSome(random, METHODS, 3).join(' ')}`;
    case 7:
      return `Require ${not}expr "${makeExpression(random)}"`;
    case 8:
      return `Require ${not}user ${pickSome(random, USERS, 2).join(' ')}`;
    case 9:
      return `Require ${not}group ${random.pick(['team', 'nobody'])}`;
    default:
      return 'Require valid-user';
  }
}

function makeGroup(random: SeededRandom, depth: number): DirectiveNode {
  const name = random.pick(['RequireAll', 'RequireAny', 'RequireNone']);
  const body = Array.from({ length: 1 + random.below(3) }, () =>
    depth < 2 && random.oneIn(4) ? makeGroup(random, depth + 1) : line(makeRequire(random)),
  );
  return section(name, '', body);
}

export const requireFamily: DirectiveFamily = {
  name: 'require',
  make: (random) => {
    switch (random.below(10)) {
      case 0:
      case 1:
        return makeGroup(random, 0);
      case 2:
        return line(`AuthMerging ${random.pick(['Off', 'And', 'Or'])}`);
      case 3:
        return line('AuthType Basic');
      case 4:
        return line(random.pick(['AuthName here', 'AuthName "a \\"place\\""', 'AuthName é']));
      case 5:
        return line('AuthUserFile "${SITE}/@PLOT@/users"');
      case 6:
        return line(
          random.pick([
            'AuthGroupFile "${SITE}/@PLOT@/groups"',
            'AuthBasicProvider file',
            'AuthBasicAuthoritative Off',
            'AuthzSendForbiddenOnFailure On',
            'AuthType None',
          ]),
        );
      default:
        return line(makeRequire(random));
    }
  },
};

/** A whole login, so that the others have something to be about. */
export const loginFamily: DirectiveFamily = {
  name: 'login',
  make: (random) =>
    section('IfModule', random.pick(['mod_auth_basic.c', 'auth_basic_module', '!no_such_module']), [
      line('AuthType Basic'),
      line('AuthName here'),
      line('AuthUserFile "${SITE}/@PLOT@/users"'),
      line('AuthGroupFile "${SITE}/@PLOT@/groups"'),
      line(makeRequire(random)),
    ]),
};

export const oldAccessFamily: DirectiveFamily = {
  name: 'old access',
  make: (random) => {
    switch (random.below(5)) {
      case 0:
        return line(`Order ${random.pick(['allow,deny', 'deny,allow', 'Deny,Allow', 'mutual-failure'])}`);
      case 1:
        return line(`Satisfy ${random.pick(['any', 'all', 'All'])}`);
      default: {
        const what = random.oneIn(3)
          ? `env=${random.pick(['', '!'])}${random.pick(VARIABLE_NAMES)}`
          : random.pick(['all', 'all', ...ADDRESSES]);
        return line(`${random.pick(['Allow', 'Deny'])} from ${what}`);
      }
    }
  },
};
