// A site that can be given another configuration while it answers: requests under way keep the one that they began with.
import type { Answer, HandlerContext, Refusal } from '../../server/index.ts';
import { readConfiguration } from '../config/read-configuration.ts';
import type { ConfigurationSource, LoadedConfiguration } from '../config/read-configuration.ts';
import { ConnectionTable } from './connection-table.ts';
import { planListeners } from './plan-listeners.ts';
import { coreErrorLog } from '../modules/core-error-log.ts';
import type { ListenerPlan } from './plan-listeners.ts';
import { Site } from './site.ts';
import { checkConfiguration, finishConfiguration } from './finish-configuration.ts';
import type { SiteEnvironment } from './site-environment.ts';

/** Where a configuration comes from. The files are those of the environment. */
export type SiteSource = Omit<ConfigurationSource, 'files'>;

/** A configuration that was read and can be used: what it needs before it is. */
export interface NextSite {
  readonly site: Site;
  readonly configuration: LoadedConfiguration;
  /** The files of the access logs, as the configuration names them. */
  readonly accessLogFiles: ReadonlySet<string>;
  readonly errorLogFiles: ReadonlySet<string>;
  /** Where to listen, and what `serve()` is told there. */
  readonly listeners: readonly ListenerPlan[];
}

/** See the head of the file. */
export class RunningSite {
  readonly #source: SiteSource;
  readonly #environment: SiteEnvironment;
  readonly #connections = new ConnectionTable();
  #site: Site;

  /** @throws ConfigurationRefused */
  constructor(source: SiteSource, environment: SiteEnvironment) {
    this.#source = source;
    this.#environment = environment;
    this.#site = this.#load();
  }

  get configuration(): LoadedConfiguration {
    return this.#site.configuration;
  }

  /** What is in use, with all that it needs. @throws ConfigurationRefused where certificates cannot be used */
  plan(): NextSite {
    return this.#describe(this.#site);
  }

  planListeners(): readonly ListenerPlan[] {
    return this.plan().listeners;
  }

  /** Reads the configuration anew. The old one stays in use until {@link use}. @throws ConfigurationRefused */
  readNext(): NextSite {
    return this.#describe(this.#load());
  }

  /** Requests that begin from now on are answered by it. */
  use({ site }: NextSite): void {
    this.#site = site;
  }

  answer(context: HandlerContext): Promise<Answer> {
    return this.#site.answer(context);
  }

  refuse(refusal: Refusal, context: HandlerContext): Promise<Answer | undefined> {
    return this.#site.refuse(refusal, context);
  }

  #describe(site: Site): NextSite {
    const { configuration, accessLogs } = site;
    finishConfiguration(configuration, this.#environment.files);
    const answering = {
      handler: (_: Request, context: HandlerContext) => this.answer(context),
      refuse: (refusal: Refusal, context: HandlerContext) => this.refuse(refusal, context),
    };
    return {
      site,
      configuration,
      accessLogFiles: accessLogs.files,
      errorLogFiles: new Set(configuration.hosts.flatMap(({ server }) => coreErrorLog.ofServer(server).file ?? [])),
      listeners: planListeners(configuration, answering, this.#environment),
    };
  }

  #load(): Site {
    const { files } = this.#environment;
    const configuration = readConfiguration({ ...this.#source, files });
    checkConfiguration(configuration, files);
    return new Site(configuration, this.#environment, this.#connections);
  }
}
