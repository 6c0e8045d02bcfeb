// FTP (RFC 959): NOOP on the control connection, with or without a log-in.
import type { Probe } from '../../engine/probe.ts';
import type { Dialogue, Reply, Turn } from './dialogue.ts';
import { presetProbe } from './preset-probe.ts';
import type { DialogueProbeOptions } from './preset-probe.ts';
import type { Credentials, TargetRules } from '../connection/probe-target.ts';
import { accepted, codeReader, expectCode, readUnaskedCode } from './reply-code.ts';

const RULES: TargetRules = {
  schemes: { ftp: { defaultPort: 21, isTls: false }, ftps: { defaultPort: 990, isTls: true } },
  takesCredentials: true,
};

/** 220, or 120 first: it will be ready in some minutes (RFC 959 §5.4), and the deadline says how long that may be. */
function greeting(next: Turn | undefined): Turn {
  const turn: Turn = {
    read: codeReader((reply) => {
      if (reply.code === '220') return accepted(reply, next);
      return reply.code === '120' ? accepted(reply, turn) : { kind: 'refused', reason: reply.line };
    }),
  };
  return turn;
}

/** USER, and PASS where it is asked for (RFC 959 §5.4). Of a refusal the code alone is told: the rest may repeat what was sent. */
function login({ user, password }: Credentials): Turn {
  const refused = (code: string): Reply => ({ kind: 'refused', reason: `the log-in was refused (${code})` });
  const pass: Turn = {
    send: Buffer.from(`PASS ${password}\r\n`),
    read: codeReader((reply) => (/^(?:230|202)$/.test(reply.code) ? accepted(reply) : refused(reply.code))),
  };
  return {
    send: Buffer.from(`USER ${user}\r\n`),
    read: codeReader((reply) => {
      if (reply.code === '230') return accepted(reply);
      return reply.code === '331' ? accepted(reply, pass) : refused(reply.code);
    }),
  };
}

/** The conversation of one connection. */
export function ftpDialogue(credentials?: Credentials): Dialogue {
  // Without a log-in "not logged in" (530) is the answer of a server that lives, and that is all that was asked.
  const noop: Turn = { send: 'NOOP\r\n', read: expectCode(credentials === undefined ? /^(?:200|530)$/ : /^200$/) };
  return {
    protocol: 'FTP',
    opening: greeting(credentials === undefined ? undefined : login(credentials)),
    signal: () => noop,
    readUnasked: readUnaskedCode,
    farewell: 'QUIT\r\n',
  };
}

/**
 * FTP NOOP: `ftp://[user:password@]host[:21]`, over TLS from the first byte with `ftps:` (port 990); AUTH TLS is not tried. It proves
 * that the process that serves this connection answers.
 *
 * @throws OptionError
 */
export function ftpProbe(target: string, options: DialogueProbeOptions = {}): Probe {
  return presetProbe(target, RULES, options, ftpDialogue);
}
