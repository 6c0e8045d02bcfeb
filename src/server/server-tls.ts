// TLS of one server: the step that connections go through, the state of its certificates, and their replacement.
import { TlsContexts, TlsStep, warnOfCertificates } from '../io/index.ts';
import type { AlpnProtocols, Clock, TlsContextOptions } from '../io/index.ts';
import { answerPlainHttp } from './exchange/builtin-answers.ts';
import { resolveTls } from './options/tls.ts';
import type { TlsOptions } from './options/tls.ts';
import type { TlsState } from './server.ts';
import type { ServerCore } from './server-core.ts';
import type { ServerWarning } from './warning.ts';

/** See the head of the file. */
export class ServerTls {
  readonly step: TlsStep;
  readonly #core: ServerCore;

  /** @throws OptionError where a certificate or a key is not what it should be. */
  constructor(core: ServerCore, options: TlsContextOptions, alpnProtocols: AlpnProtocols) {
    this.#core = core;
    this.step = new TlsStep({
      contexts: new TlsContexts(options, core.clock),
      alpnProtocols,
      answerPlain: (first) => answerPlainHttp(first, core.date.text()),
    });
  }

  get state(): TlsState {
    return stateOf(this.step.contexts, this.#core.clock);
  }

  /** See `Server.updateTls`. Everything that can fail comes first. */
  update(options: TlsOptions): TlsState {
    const contexts = new TlsContexts(resolveTls(options), this.#core.clock, this.step.contexts);
    const state = stateOf(contexts, this.#core.clock);
    for (const warning of state.warnings) this.#core.options.onWarning(warning);
    this.step.update(contexts);
    return state;
  }
}

/** What a server would make of these certificates. @throws OptionError where it would not take them. */
export function readTlsState(options: TlsOptions, clock: Clock): TlsState {
  return stateOf(new TlsContexts(resolveTls(options), clock), clock);
}

function stateOf({ certificates }: TlsContexts, clock: Clock): TlsState {
  const warnings = warnOfCertificates(certificates, clock.wallMs()).map(
    ({ option, isRefused, message }): ServerWarning => ({ option, level: isRefused ? 'bad' : 'warn', message }),
  );
  return { certificates, warnings };
}
