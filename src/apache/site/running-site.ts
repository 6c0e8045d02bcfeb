// A site that can be given another configuration while it answers: requests under way keep the one that they began with.
import type { Answer, HandlerContext, Refusal } from '../../server/index.ts';
import { readConfiguration } from '../config/read-configuration.ts';
import type { ConfigurationSource, LoadedConfiguration } from '../config/read-configuration.ts';
import { ConfigurationRefused } from '../syntax/configuration-error.ts';
import { ConnectionTable } from './connection-table.ts';
import { planListeners } from './plan-listeners.ts';
import { coreErrorLog } from '../modules/core-error-log.ts';
import type { ListenerPlan } from './plan-listeners.ts';
import { Site } from './site.ts';
import { finishConfiguration } from './finish-configuration.ts';
import type { SiteEnvironment } from './site-environment.ts';

/** Where a configuration comes from. The files are those of the environment. */
export type SiteSource = Omit<ConfigurationSource, 'files'>;

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

  /** The files of the access logs, as the configuration names them. */
  get accessLogFiles(): ReadonlySet<string> {
    return this.#site.accessLogs.files;
  }

  /** The files of the error logs. */
  get errorLogFiles(): ReadonlySet<string> {
    return new Set(this.configuration.hosts.flatMap(({ server }) => coreErrorLog.ofServer(server).file ?? []));
  }

  /** Where to listen, and what `serve()` is told there. */
  planListeners(): readonly ListenerPlan[] {
    return planListeners(this.configuration, {
      handler: (_, context) => this.answer(context),
      refuse: (refusal, context) => this.refuse(refusal, context),
    });
  }

  /** Reads the configuration anew. What is wrong with it leaves the old one in use, and is returned. */
  reload(): ConfigurationRefused | undefined {
    try {
      this.#site = this.#load();
      return undefined;
    } catch (error) {
      if (error instanceof ConfigurationRefused) return error;
      throw error;
    }
  }

  answer(context: HandlerContext): Promise<Answer> {
    return this.#site.answer(context);
  }

  refuse(refusal: Refusal, context: HandlerContext): Promise<Answer | undefined> {
    return this.#site.refuse(refusal, context);
  }

  #load(): Site {
    const { files } = this.#environment;
    const configuration = readConfiguration({ ...this.#source, files });
    finishConfiguration(configuration, files);
    return new Site(configuration, this.#environment, this.#connections);
  }
}
