// The kinds of Require: what each one says of a request.
import { describeSubnetFault, evaluate, isInSubnet, parseExpression, parseSubnet } from '../expression/index.ts';
import type { Subnet } from '../expression/index.ts';
import type { ConfigurationScope } from '../module/configuration-scope.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { expressionScope } from '../request/expression-scope.ts';
import { groupsOf } from '../modules/authn.ts';
import { expressionPlace } from '../module/expression-place.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';
import { splitWords } from '../syntax/words.ts';
import { isLocal } from './local-client.ts';
import type { Verdict } from './authorisation.ts';
import { isKnownMethod } from '../request/methods.ts';

/** Answers for one line. */
export type RequireCheck = (request: ApacheRequest) => Verdict;

type Maker = (rest: string, words: readonly string[], scope: ConfigurationScope) => RequireCheck;

const decide = (granted: boolean): Verdict => (granted ? 'granted' : 'denied');

const MAKERS: Readonly<Record<string, Maker>> = {
  all: (rest) => {
    const granted = rest.toLowerCase() === 'granted';
    if (!granted && rest.toLowerCase() !== 'denied') {
      throw new ConfigurationError("Argument for 'Require all' must be 'granted' or 'denied'");
    }
    return () => decide(granted);
  },
  ip: (_, words) => {
    if (words.length === 0) throw new ConfigurationError("'require ip' requires an argument");
    const subnets = words.map(parseAddress);
    return ({ connection }) => decide(subnets.some((subnet) => isInSubnet(connection.remoteAddress, subnet)));
  },
  local:
    () =>
    ({ connection }) =>
      decide(isLocal(connection.remoteAddress, connection.localAddress)),
  env: (_, words) => (request) => decide(words.some((name) => request.env.has(name))),
  method: (_, words) => {
    for (const method of words) {
      if (!isKnownMethod(method)) throw new ConfigurationError(`Invalid Method '${method}'`);
    }
    // HEAD and GET are the same method to Apache.
    const methods = new Set(words.map((method) => (method === 'HEAD' ? 'GET' : method)));
    return ({ method }) => decide(methods.has(method === 'HEAD' ? 'GET' : method));
  },
  expr: (rest, _, scope) => {
    const text = /^"([^]*)"$/.exec(rest)?.[1] ?? rest;
    let expression: ReturnType<typeof parseExpression>;
    try {
      expression = parseExpression(text, expressionPlace(scope));
    } catch (error) {
      throw new ConfigurationError(`Cannot parse expression in require line: ${(error as Error).message}`);
    }
    // Apache asks who it is wherever the expression names the user, even where it does not come to that part.
    const otherwise = expression.namesUser ? 'unknownUser' : 'denied';
    return (request) => (evaluate(expression, expressionScope(request)) ? 'granted' : otherwise);
  },
  'valid-user': () => (request) => (request.user === undefined ? 'unknownUser' : 'granted'),
  user: (_, words) => (request) => (request.user === undefined ? 'unknownUser' : decide(words.includes(request.user))),
  group: (_, words) => (request) => {
    if (request.user === undefined) return 'unknownUser';
    const groups = groupsOf(request);
    return decide(words.some((group) => groups.has(group)));
  },
};

/** Kinds that need names to be looked up, or modules that are not there. */
const UNSUPPORTED = new Set([
  'host',
  'forward-dns',
  'file-owner',
  'file-group',
  'ldap-user',
  'ldap-group',
  'dbm-group',
]);

/** @throws ConfigurationError in Apache's words, or in ours for what is not supported. */
export function makeCheck(word: string, rest: string, scope: ConfigurationScope): RequireCheck {
  if (UNSUPPORTED.has(word)) {
    throw new ConfigurationError(
      `Require ${word} is not supported by perdura: name the addresses with Require ip, or the users with Require user`,
    );
  }
  const make = Object.hasOwn(MAKERS, word) ? MAKERS[word] : undefined;
  if (make === undefined) throw new ConfigurationError(`Unknown Authz provider: ${word}`);
  return make(rest.trim(), splitWords(rest), scope);
}

function parseAddress(text: string): Subnet {
  const subnet = parseSubnet(text);
  if (typeof subnet !== 'string') return subnet;
  const reason = subnet === 'noAddress' ? '' : `: ${describeSubnetFault(subnet)}`;
  throw new ConfigurationError(`ip address '${text}' appears to be invalid${reason}`);
}
