// The symbols of expressions. Their names stand in Apache's messages, and so does their order.

export const TOKENS = [
  '$end',
  'T_TRUE',
  'T_FALSE',
  'T_EXPR_BOOL',
  'T_EXPR_STRING',
  'T_ERROR',
  'T_DIGIT',
  'T_ID',
  'T_STRING',
  'T_REGEX',
  'T_REGEX_I',
  'T_REGEX_BACKREF',
  'T_OP_UNARY',
  'T_OP_BINARY',
  'T_STR_BEGIN',
  'T_STR_END',
  'T_VAR_BEGIN',
  'T_VAR_END',
  'T_OP_EQ',
  'T_OP_NE',
  'T_OP_LT',
  'T_OP_LE',
  'T_OP_GT',
  'T_OP_GE',
  'T_OP_REG',
  'T_OP_NRE',
  'T_OP_IN',
  'T_OP_STR_EQ',
  'T_OP_STR_NE',
  'T_OP_STR_LT',
  'T_OP_STR_LE',
  'T_OP_STR_GT',
  'T_OP_STR_GE',
  'T_OP_CONCAT',
  'T_OP_OR',
  'T_OP_AND',
  'T_OP_NOT',
  "'('",
  "')'",
  "'{'",
  "'}'",
  "','",
  "':'",
] as const;

export type TokenName = (typeof TOKENS)[number];

export interface Token {
  readonly name: TokenName;
  /** What was written, escapes resolved; the message of T_ERROR. */
  readonly text: string;
}
