// Makes probes of protocols that are known here: each says what its URLs may have and what is said, this makes a Probe of it.
import { checkNames, checkObject, checkWholeNumber } from '../../../option-checks.ts';
import type { Probe } from '../../engine/probe.ts';
import { ConversationProbe } from '../connection/conversation-probe.ts';
import { DialogueRun } from './dialogue-run.ts';
import type { Dialogue } from './dialogue.ts';
import { CONNECTION_OPTION_NAMES, makeProbeTools } from '../connection/probe-connection.ts';
import type { ProbeConnectionOptions } from '../connection/probe-connection.ts';
import { parseProbeTarget } from '../connection/probe-target.ts';
import type { Credentials, TargetRules } from '../connection/probe-target.ts';

/** Options of probes that ask and read an answer. */
export interface DialogueProbeOptions extends ProbeConnectionOptions {
  /** Longest answer. Default 65,536: replies of these protocols have some hundred bytes, long capability lists some thousand. */
  readonly maxReplyBytes?: number;
}

/** The names of {@link DialogueProbeOptions}. */
export const DIALOGUE_OPTION_NAMES: readonly string[] = [...CONNECTION_OPTION_NAMES, 'maxReplyBytes'];

const MAX_REPLY_BYTES = 65_536;

/** @throws OptionError where the limit is none. */
export function replyLimit({ maxReplyBytes = MAX_REPLY_BYTES }: DialogueProbeOptions): number {
  checkWholeNumber('maxReplyBytes', maxReplyBytes, 1);
  return maxReplyBytes;
}

/** A probe that follows the dialogue with the target. @throws OptionError */
export function presetProbe(
  target: string,
  rules: TargetRules,
  options: DialogueProbeOptions,
  speak: (credentials: Credentials | undefined) => Dialogue,
  ownOptions: readonly string[] = [],
): Probe {
  checkObject('options', options);
  checkNames('', options, [...DIALOGUE_OPTION_NAMES, ...ownOptions]);
  const parsed = parseProbeTarget(target, rules);
  const dialogue = speak(parsed.credentials);
  const limit = replyLimit(options);
  return new ConversationProbe(makeProbeTools(options), parsed, () => new DialogueRun(dialogue, limit), {
    password: parsed.credentials?.password,
  });
}
