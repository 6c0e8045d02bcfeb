// The names that expressions know: variables, functions and operators. An unknown name is an error when the configuration is read.

/** Variables without an argument, in the spelling of the documentation; expressions may write them in any case. */
export const VARIABLES = [
  // The time, in the zone of the server.
  'TIME_YEAR',
  'TIME_MON',
  'TIME_DAY',
  'TIME_HOUR',
  'TIME_MIN',
  'TIME_SEC',
  'TIME_WDAY',
  'TIME',
  'SERVER_SOFTWARE',
  'API_VERSION',
  // Fields of the request: all but the host go into Vary.
  'HTTP_USER_AGENT',
  'HTTP_PROXY_CONNECTION',
  'HTTP_REFERER',
  'HTTP_COOKIE',
  'HTTP_FORWARDED',
  'HTTP_HOST',
  'HTTP_ACCEPT',
  // The request.
  'REQUEST_METHOD',
  'REQUEST_SCHEME',
  'REQUEST_URI',
  'REQUEST_FILENAME',
  'REMOTE_HOST',
  'REMOTE_IDENT',
  'REMOTE_USER',
  'SERVER_ADMIN',
  'SERVER_NAME',
  'SERVER_PORT',
  'SERVER_PROTOCOL',
  'SCRIPT_FILENAME',
  'PATH_INFO',
  'QUERY_STRING',
  'IS_SUBREQ',
  'DOCUMENT_ROOT',
  'AUTH_TYPE',
  'THE_REQUEST',
  'CONTENT_TYPE',
  'HANDLER',
  'REQUEST_LOG_ID',
  'SCRIPT_USER',
  'SCRIPT_GROUP',
  'DOCUMENT_URI',
  'LAST_MODIFIED',
  'CONTEXT_PREFIX',
  'CONTEXT_DOCUMENT_ROOT',
  'REQUEST_STATUS',
  'REMOTE_ADDR',
  'REMOTE_PORT',
  // The connection.
  'HTTPS',
  'IPV6',
  'CONN_LOG_ID',
  'CONN_REMOTE_ADDR',
  'HTTP2',
] as const;

export type VariableName = (typeof VARIABLES)[number];

/** The fields of the request that the variables of that name stand for. */
export const FIELD_VARIABLES: Readonly<Partial<Record<VariableName, string>>> = {
  HTTP_USER_AGENT: 'User-Agent',
  HTTP_PROXY_CONNECTION: 'Proxy-Connection',
  HTTP_REFERER: 'Referer',
  HTTP_COOKIE: 'Cookie',
  HTTP_FORWARDED: 'Forwarded',
  HTTP_HOST: 'Host',
  HTTP_ACCEPT: 'Accept',
};

/** Functions that look at the request, the environment or the disk, or need what is not for this place: the scope answers them. */
export const SCOPE_FUNCTIONS = [
  'osenv',
  'env',
  'resp',
  'req',
  'http',
  'note',
  'reqenv',
  'req_novary',
  'file',
  'filesize',
  'md5',
  'sha1',
  // Known where the module for TLS is; the argument is the name of a variable such as SSL_PROTOCOL.
  'ssl',
] as const;

export type ScopeFunction = (typeof SCOPE_FUNCTIONS)[number];

/** Functions of their argument alone. */
export const TEXT_FUNCTIONS = ['tolower', 'toupper', 'escape', 'unescape', 'base64', 'unbase64', 'ldap'] as const;

export type TextFunction = (typeof TEXT_FUNCTIONS)[number];

/** Tests of what lies on the disk: `L` and `h` for links, `x` for files that may be run. */
export const FILE_TESTS = ['d', 'e', 'f', 's', 'L', 'h', 'x'] as const;

/** Tests by a sub-request: `F` of a path, `U` and `A` of a URL. */
export const SUBREQUEST_TESTS = ['F', 'U', 'A'] as const;

export type FileTest = (typeof FILE_TESTS)[number] | (typeof SUBREQUEST_TESTS)[number];

/** Operators with one operand, case counts. */
export type UnaryOperator = 'n' | 'z' | 'R' | 'T' | FileTest;

export const UNARY_OPERATORS: readonly UnaryOperator[] = ['n', 'z', 'R', 'T', ...FILE_TESTS, ...SUBREQUEST_TESTS];

/** Operators with two operands, in any case. */
export const BINARY_OPERATORS = ['ipmatch', 'fnmatch', 'strmatch', 'strcmatch'] as const;

export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

/**
 * What only the configuration of the server may use where that is asked for: they give away what is in any file. Operators such as `-f`
 * are free everywhere.
 */
export const RESTRICTED_NAMES: ReadonlySet<string> = new Set(['file', 'filesize']);
