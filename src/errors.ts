// Every error of perdura, in one place: a stable code, a message that names the option, limit or peer and what to do.

/** The stable names of everything that can go wrong. Switch on these, never on messages. */
export type PerduraErrorCode =
  | 'ERR_PERDURA_OPTION'
  | 'ERR_PERDURA_PROTOCOL'
  | 'ERR_PERDURA_MISUSE'
  | 'ERR_PERDURA_BODY'
  | 'ERR_PERDURA_LISTEN'
  | 'ERR_PERDURA_ABORTED';

/** Base of every error that perdura throws or rejects with. */
export class PerduraError extends Error {
  readonly code: PerduraErrorCode;

  constructor(code: PerduraErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An option has a value that it cannot have. The message names the option, the value and what is allowed. */
export class OptionError extends PerduraError {
  readonly option: string;

  constructor(option: string, message: string) {
    super('ERR_PERDURA_OPTION', `${option}: ${message}`);
    this.option = option;
  }
}

/** Something was called at a time or in an order that makes no sense: a defect of the caller, never of the peer. */
export class MisuseError extends PerduraError {
  constructor(message: string) {
    super('ERR_PERDURA_MISUSE', message);
  }
}

/** A body ended early, was too large, or was read twice. */
export class BodyError extends PerduraError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_PERDURA_BODY', message, options);
  }
}

/** The work was given up: the peer went away, or the caller aborted. */
export class AbortedError extends PerduraError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_PERDURA_ABORTED', message, options);
  }
}

/** The server could not listen: the port is taken, the address is not ours, or permission is missing. */
export class ListenError extends PerduraError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('ERR_PERDURA_LISTEN', message, options);
  }
}
