// mod_authn_core, mod_authn_file, mod_auth_basic and mod_authz_groupfile: who the user is, by name and password (RFC 7617).
import { PasswordChecker } from '../access/password-checker.ts';
import { MAX_BCRYPT_COST } from '../access/password-hash.ts';
import { findGroups, findPassword } from '../access/user-file.ts';
import { belowServerRoot } from '../config/server-root-path.ts';
import { defineDirective } from '../module/directive.ts';
import type { DirectiveDefinition } from '../module/directive.ts';
import { defineModule } from '../module/module.ts';
import type { ApacheModule } from '../module/module.ts';
import type { HookResult } from '../module/hooks.ts';
import type { ApacheRequest } from '../request/apache-request.ts';
import { ConfigurationError } from '../syntax/configuration-error.ts';

/** What holds for a folder; undefined parts are inherited. */
interface AuthnDirectory {
  type?: string;
  realm?: string;
  userFile?: string;
  groupFile?: string;
  authoritative?: boolean;
}

/** Files of users are read at each request, as Apache does: a user who was removed is out at once. Larger ones are refused. */
const MAX_USER_FILE_BYTES = 1_048_576;

/** Of the process: what fitted before a reload fits after it, as long as the file says the same. */
const passwords = new PasswordChecker();

export const authn: ApacheModule<null, AuthnDirectory> = defineModule<null, AuthnDirectory>({
  name: 'mod_auth_basic.c',
  identifier: 'auth_basic_module',
  createDirectory: () => ({}),
  mergeDirectory: (base, over) => ({ ...base, ...over }),
  directives: [
    defineDirective({
      name: 'AuthBasicAuthoritative',
      contexts: ['directory', 'htaccess'],
      override: ['AuthConfig'],
      tier: 2,
      arguments: 'flag',
      usage:
        "Set to 'Off' to allow access control to be passed along to lower modules if the UserID is not known to this module",
      summary: 'whether a user who is not in the file may still be known to another module',
      apply: ({ on, directory }) => {
        directory.authoritative = on;
      },
    }),
    defineDirective({
      name: 'AuthBasicProvider',
      contexts: ['directory', 'htaccess'],
      override: ['AuthConfig'],
      tier: 2,
      arguments: 'each',
      usage: 'specify the auth providers for a directory or location',
      summary: 'where users are looked up: file',
      apply: ({ words }) => {
        if (words[0] !== 'file') throw new ConfigurationError(`Unknown Authn provider: ${words[0]!}`);
      },
    }),
  ],
  hooks: { checkUser },
});

export const authnCore: ApacheModule<null, AuthnDirectory> = partOf('mod_authn_core.c', 'authn_core_module', [
  oneWord(
    'AuthType',
    'an HTTP authorization type (e.g., "Basic")',
    'how users say who they are: Basic or None',
    (directory, word) => {
      if (!['basic', 'none'].includes(word.toLowerCase())) {
        throw new ConfigurationError(`AuthType ${word} is not supported by perdura: use Basic, over TLS`);
      }
      directory.type = word;
    },
  ),
  oneWord(
    'AuthName',
    'the authentication realm (e.g. "Members Only")',
    'what the password is for',
    (directory, word) => {
      directory.realm = word.replaceAll('"', String.raw`\"`);
    },
  ),
]);

export const authnFile: ApacheModule<null, AuthnDirectory> = partOf('mod_authn_file.c', 'authn_file_module', [
  oneWord(
    'AuthUserFile',
    'text file containing user IDs and passwords',
    'the file of htpasswd',
    (directory, word, root) => {
      directory.userFile = belowServerRoot(word, root);
    },
  ),
]);

export const authzGroupfile: ApacheModule<null, AuthnDirectory> = partOf(
  'mod_authz_groupfile.c',
  'authz_groupfile_module',
  [
    oneWord(
      'AuthGroupFile',
      'text file containing group names and member user IDs',
      'the file of groups',
      (directory, word, root) => {
        directory.groupFile = belowServerRoot(word, root);
      },
    ),
  ],
);

/** The four modules share nothing but the request: each has its part, and what holds is read here. */
function settingsOf(request: ApacheRequest): AuthnDirectory {
  const { directoryConfig } = request;
  return {
    ...authn.ofDirectory(directoryConfig),
    ...authnCore.ofDirectory(directoryConfig),
    ...authnFile.ofDirectory(directoryConfig),
    ...authzGroupfile.ofDirectory(directoryConfig),
  };
}

function partOf(
  name: string,
  identifier: string,
  directives: ReadonlyArray<DirectiveDefinition<null, AuthnDirectory>>,
): ApacheModule<null, AuthnDirectory> {
  return defineModule<null, AuthnDirectory>({
    name,
    identifier,
    createDirectory: () => ({}),
    mergeDirectory: (base, over) => ({ ...base, ...over }),
    directives,
  });
}

function oneWord(
  name: string,
  usage: string,
  summary: string,
  apply: (directory: AuthnDirectory, word: string, serverRoot: string) => void,
): DirectiveDefinition<null, AuthnDirectory> {
  return defineDirective<null, AuthnDirectory>({
    name,
    contexts: ['directory', 'htaccess'],
    override: ['AuthConfig'],
    tier: 2,
    arguments: 'one',
    usage,
    summary,
    apply: ({ words, directory, scope }) => {
      apply(directory, words[0]!, scope.process.serverRoot);
    },
  });
}

/** The scheme that is asked for; undefined: none. */
export function authTypeOf(request: ApacheRequest): string | undefined {
  const { type } = settingsOf(request);
  return type === undefined || type.toLowerCase() === 'none' ? undefined : type;
}

/** Tells the client how to say who it is. */
export function noteAuthenticationFailure(request: ApacheRequest): void {
  const { realm } = settingsOf(request);
  if (authTypeOf(request) !== undefined)
    request.errorHeadersOut.set('WWW-Authenticate', `Basic realm="${realm ?? ''}"`);
}

/** The groups of the user, by AuthGroupFile. */
export function groupsOf(request: ApacheRequest): ReadonlySet<string> {
  const { groupFile } = settingsOf(request);
  const text = groupFile === undefined ? undefined : request.services.files.readSmall(groupFile, MAX_USER_FILE_BYTES);
  return text === undefined || request.user === undefined ? new Set() : findGroups(text, request.user);
}

/** A promise only where a password has to be hashed. */
function checkUser(request: ApacheRequest): HookResult | Promise<HookResult> {
  const { services } = request;
  const { realm, userFile, authoritative = true } = settingsOf(request);
  if (authTypeOf(request) === undefined) return undefined;
  if (realm === undefined) {
    services.log(request, 'error', 'auth_basic', `AH01615: need AuthName: ${request.path}`);
    return 500;
  }
  const field = request.headersIn.get('Authorization');
  const [, scheme = '', credentials = ''] = /^(\S*)\s*(\S*)/.exec(field ?? '') ?? [];
  if (field !== undefined && scheme.toLowerCase() !== 'basic') {
    services.log(request, 'error', 'auth_basic', `AH01614: client used wrong authentication scheme: ${request.path}`);
  }
  const refuse = (): 401 => {
    noteAuthenticationFailure(request);
    return 401;
  };
  if (scheme.toLowerCase() !== 'basic') return refuse();
  const decoded = Buffer.from(credentials, 'base64').toString('latin1');
  const colon = decoded.indexOf(':');
  const user = colon === -1 ? decoded : decoded.slice(0, colon);
  const password = colon === -1 ? '' : decoded.slice(colon + 1);
  request.user = user;
  request.authType = 'Basic';
  const text = userFile === undefined ? undefined : services.files.readSmall(userFile, MAX_USER_FILE_BYTES);
  if (text === undefined) {
    const what =
      userFile === undefined
        ? 'AuthUserFile not specified in the configuration'
        : `Could not open password file: ${userFile}`;
    services.log(request, 'error', 'authn_file', userFile === undefined ? `AH01619: ${what}` : `AH01620: ${what}`);
    return 500;
  }
  const hash = findPassword(text, user);
  if (hash === undefined) {
    if (!authoritative) return undefined;
    services.log(request, 'error', 'auth_basic', `AH01618: user ${user} not found: ${request.path}`);
    return refuse();
  }
  const fits = passwords.check(user, password, hash);
  const answer = (told: boolean | 'unsupported'): HookResult => (judgePassword(told, user, request) ? 'ok' : refuse());
  return typeof fits === 'boolean' ? answer(fits) : fits.then(answer);
}

/** False: it does not fit, and the error log says so. */
function judgePassword(fits: boolean | 'unsupported', user: string, request: ApacheRequest): boolean {
  const { services } = request;
  if (fits === 'unsupported') {
    services.log(
      request,
      'error',
      'auth_basic',
      `the password of user ${user} is hashed in a form that perdura does not know, or at a cost above ${MAX_BCRYPT_COST} (bcrypt): make it anew with htpasswd -B`,
    );
  }
  if (fits === true) return true;
  services.log(
    request,
    'error',
    'auth_basic',
    `AH01617: user ${user}: authentication failure for "${request.path}": Password Mismatch`,
  );
  return false;
}
