// What goes wrong with an expression: when it is read, and when it is evaluated.

/** The expression cannot be parsed. The message is what Apache prints of it, after the words of the directive; bytes are not escaped. */
export class ExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpressionError';
  }
}

/** The expression cannot be evaluated for this request: it is neither true nor false. Apache logs the message and takes it as not matched. */
export class EvaluationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EvaluationError';
  }
}
