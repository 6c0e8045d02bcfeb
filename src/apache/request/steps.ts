// Asks the modules, step by step, in their order. What the answers mean is here; who is asked is data (hook-order.ts).
import { isThenable } from '../../thenable.ts';
import type { ApacheModule } from '../module/module.ts';
import type { HookResult, Hooks } from '../module/hooks.ts';
import type { ApacheRequest } from './apache-request.ts';

/** The modules of each step, the first first. */
export type HookOrder = {
  readonly [Step in Exclude<keyof Hooks, 'postConfig' | 'checkConfig'>]-?: readonly ApacheModule[];
};

type Deciding =
  | 'postReadRequest'
  | 'translateName'
  | 'headerParser'
  | 'accessChecker'
  | 'userlessChecker'
  | 'checkUser'
  | 'authChecker'
  | 'typeChecker'
  | 'fixups'
  | 'handler';
type Hook = (request: ApacheRequest) => HookResult | Promise<HookResult>;

/** See the head of the file. One for each loaded configuration: only modules that are loaded are asked. */
export class Steps {
  readonly #lists = new Map<Deciding, readonly Hook[]>();
  readonly #insertFilter: ReadonlyArray<(request: ApacheRequest) => void>;
  readonly #insertErrorFilter: ReadonlyArray<(request: ApacheRequest) => void>;
  readonly #satisfies: ReadonlyArray<(request: ApacheRequest) => 'all' | 'any' | undefined>;

  constructor(order: HookOrder, isLoaded: (module: ApacheModule) => boolean) {
    for (const step of DECIDING) this.#lists.set(step, collect(order[step], isLoaded, step) as readonly Hook[]);
    this.#insertFilter = collect(order.insertFilter, isLoaded, 'insertFilter');
    this.#insertErrorFilter = collect(order.insertErrorFilter, isLoaded, 'insertErrorFilter');
    this.#satisfies = collect(order.satisfies, isLoaded, 'satisfies');
  }

  /** All modules are asked, until one ends the request. Those of this kind answer at once. */
  runAll(step: Deciding, request: ApacheRequest): 'ok' | number {
    for (const hook of this.#lists.get(step)!) {
      const result = hook(request) as HookResult;
      if (typeof result === 'number') return result;
    }
    return 'ok';
  }

  /** The same for modules that may take their time. */
  async runEach(step: Deciding, request: ApacheRequest): Promise<'ok' | number> {
    for (const hook of this.#lists.get(step)!) {
      const returned = hook(request);
      const result = isThenable(returned) ? await returned : returned;
      if (typeof result === 'number') return result;
      // A module that has redirected the request within the server has answered it.
      if (request.next !== undefined) return 200;
    }
    return 'ok';
  }

  /** The first module that does not say undefined decides. */
  async runFirst(step: Deciding, request: ApacheRequest): Promise<HookResult> {
    for (const hook of this.#lists.get(step)!) {
      const returned = hook(request);
      const result = isThenable(returned) ? await returned : returned;
      if (result !== undefined) return result;
    }
    return undefined;
  }

  insertFilters(request: ApacheRequest): void {
    for (const hook of this.#insertFilter) hook(request);
  }

  insertErrorFilters(request: ApacheRequest): void {
    for (const hook of this.#insertErrorFilter) hook(request);
  }

  satisfies(request: ApacheRequest): 'all' | 'any' {
    for (const hook of this.#satisfies) {
      const satisfies = hook(request);
      if (satisfies !== undefined) return satisfies;
    }
    return 'all';
  }
}

const DECIDING: readonly Deciding[] = [
  'postReadRequest',
  'translateName',
  'headerParser',
  'accessChecker',
  'userlessChecker',
  'checkUser',
  'authChecker',
  'typeChecker',
  'fixups',
  'handler',
];

function collect<Step extends keyof Hooks>(
  modules: readonly ApacheModule[],
  isLoaded: (module: ApacheModule) => boolean,
  step: Step,
): NonNullable<Hooks[Step]>[] {
  const hooks: NonNullable<Hooks[Step]>[] = [];
  for (const module of modules) {
    const { hooks: own } = module.definition;
    if (own?.[step] !== undefined && isLoaded(module)) hooks.push(own[step].bind(own) as NonNullable<Hooks[Step]>);
  }
  return hooks;
}
