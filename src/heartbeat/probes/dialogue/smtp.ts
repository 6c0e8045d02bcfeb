// SMTP (RFC 5321): NOOP (§4.1.1.9), which servers must have (§4.5.1), after the greeting and EHLO.
import { OptionError } from '../../../errors.ts';
import { describe } from '../../../option-checks.ts';
import type { Probe } from '../../engine/probe.ts';
import type { Dialogue, Turn } from './dialogue.ts';
import { presetProbe } from './preset-probe.ts';
import type { DialogueProbeOptions } from './preset-probe.ts';
import type { TargetRules } from '../connection/probe-target.ts';
import { accepted, codeReader, expectCode, readUnaskedCode } from './reply-code.ts';

/** Options of {@link smtpProbe}. */
export interface SmtpProbeOptions extends DialogueProbeOptions {
  /**
   * How it introduces itself: a domain name, or an address in brackets (RFC 5321 §4.1.3). Default `[127.0.0.1]`, which is always true and
   * what other clients say who do not know their name; servers that are choosy want the real one.
   */
  readonly clientName?: string;
}

const RULES: TargetRules = {
  schemes: { smtp: { defaultPort: 25, isTls: false }, smtps: { defaultPort: 465, isTls: true } },
};

const CLIENT_NAME = '[127.0.0.1]';

/** No more than a word without spaces and controls: the rest of the line would be another parameter or another command. */
const NAME = /^[\x21-\x7e]{1,255}$/;

const NOOP: Turn = { send: 'NOOP\r\n', read: expectCode(/^250$/) };

/** The conversation of one connection. 554 is a greeting, too: it says that there is no service here (RFC 5321 §3.1). */
export function smtpDialogue(clientName: string = CLIENT_NAME): Dialogue {
  const helo: Turn = { send: `HELO ${clientName}\r\n`, read: expectCode(/^250$/) };
  const ehlo: Turn = {
    send: `EHLO ${clientName}\r\n`,
    // RFC 5321 §3.2: who does not know EHLO is greeted as of old.
    read: codeReader((reply) => {
      if (reply.code === '250') return accepted(reply);
      if (/^50[0-2]$/.test(reply.code)) return accepted(reply, helo);
      return { kind: 'refused', reason: reply.line };
    }),
  };
  return {
    protocol: 'SMTP',
    opening: { read: expectCode(/^220$/, ehlo) },
    signal: () => NOOP,
    readUnasked: readUnaskedCode,
    farewell: 'QUIT\r\n',
  };
}

/**
 * SMTP NOOP: `smtp://host[:25]`, over TLS from the first byte with `smtps:` (port 465, RFC 8314 §3.3); STARTTLS is not tried. It proves
 * that the process that serves this connection answers; no mail is sent and no sender named.
 *
 * Some servers put up with a number of NOOPs only (Postfix with 100, `smtpd_junk_command_limit`) and say 421 then: the next signal takes
 * a new connection, and nothing counts as missed.
 *
 * @throws OptionError
 */
export function smtpProbe(target: string, options: SmtpProbeOptions = {}): Probe {
  const { clientName = CLIENT_NAME } = options;
  if (typeof clientName !== 'string' || !NAME.test(clientName)) {
    throw new OptionError(
      'clientName',
      `is ${describe(clientName)}, it must be a domain name or an address in brackets`,
    );
  }
  return presetProbe(target, RULES, options, () => smtpDialogue(clientName), ['clientName']);
}
