// Asks the modules, step by step, in their order. What the answers mean is here; who is asked is data (hook-order.ts).
import { isThenable } from '../../thenable.ts';
import type { ApacheModule } from '../module/module.ts';
import type { HookResult, Hooks } from '../module/hooks.ts';
import { MatchLimitError } from '../regex/index.ts';
import type { ApacheRequest } from './apache-request.ts';
import { isAtMatchLimit, tellMatchLimit } from './close-at-match-limit.ts';

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

/** What one module does at a step, and its name in the error log. */
interface Hook<Act extends (request: ApacheRequest) => unknown> {
  readonly module: string;
  readonly act: Act;
}

type DecidingHook = Hook<(request: ApacheRequest) => HookResult | Promise<HookResult>>;

const INTERNAL_SERVER_ERROR = 500;

/**
 * See the head of the file. One for each loaded configuration: only modules that are loaded are asked. A request whose regular
 * expressions took too much work is closed at every step that decides: what was not matched may have been what protects something.
 */
export class Steps {
  readonly #lists = new Map<Deciding, readonly DecidingHook[]>();
  readonly #insertFilter: ReadonlyArray<Hook<(request: ApacheRequest) => void>>;
  readonly #insertErrorFilter: ReadonlyArray<Hook<(request: ApacheRequest) => void>>;
  readonly #satisfies: ReadonlyArray<Hook<(request: ApacheRequest) => 'all' | 'any' | undefined>>;

  constructor(order: HookOrder, isLoaded: (module: ApacheModule) => boolean) {
    for (const step of DECIDING) this.#lists.set(step, collect(order[step], isLoaded, step) as readonly DecidingHook[]);
    this.#insertFilter = collect(order.insertFilter, isLoaded, 'insertFilter');
    this.#insertErrorFilter = collect(order.insertErrorFilter, isLoaded, 'insertErrorFilter');
    this.#satisfies = collect(order.satisfies, isLoaded, 'satisfies');
  }

  /** All modules are asked, until one ends the request. Those of this kind answer at once. */
  runAll(step: Deciding, request: ApacheRequest): 'ok' | number {
    for (const { module, act } of this.#lists.get(step)!) {
      try {
        const result = act(request) as HookResult;
        if (typeof result === 'number') return result;
      } catch (error) {
        return giveUpAtMatchLimit(error, module, request);
      }
      if (isAtMatchLimit(request)) return giveUp(module, request);
    }
    return 'ok';
  }

  /** The same for modules that may take their time. */
  async runEach(step: Deciding, request: ApacheRequest): Promise<'ok' | number> {
    for (const { module, act } of this.#lists.get(step)!) {
      try {
        const returned = act(request);
        const result = isThenable(returned) ? await returned : returned;
        if (typeof result === 'number') return result;
      } catch (error) {
        return giveUpAtMatchLimit(error, module, request);
      }
      // A module that has redirected the request within the server has answered it.
      if (request.next !== undefined) return 200;
      if (isAtMatchLimit(request)) return giveUp(module, request);
    }
    return 'ok';
  }

  /** The first module that does not say undefined decides. */
  async runFirst(step: Deciding, request: ApacheRequest): Promise<HookResult> {
    for (const { module, act } of this.#lists.get(step)!) {
      try {
        const returned = act(request);
        const result = isThenable(returned) ? await returned : returned;
        if (typeof result === 'number' || request.next !== undefined) return result;
        if (isAtMatchLimit(request)) return giveUp(module, request);
        if (result !== undefined) return result;
      } catch (error) {
        return giveUpAtMatchLimit(error, module, request);
      }
    }
    return undefined;
  }

  insertFilters(request: ApacheRequest): void {
    for (const { act } of this.#insertFilter) act(request);
  }

  insertErrorFilters(request: ApacheRequest): void {
    for (const { act } of this.#insertErrorFilter) act(request);
  }

  satisfies(request: ApacheRequest): 'all' | 'any' {
    for (const { act } of this.#satisfies) {
      const satisfies = act(request);
      if (satisfies !== undefined) return satisfies;
    }
    return 'all';
  }
}

/** Whatever is no such limit is thrown again. */
function giveUpAtMatchLimit(error: unknown, module: string, request: ApacheRequest): number {
  if (!(error instanceof MatchLimitError)) throw error;
  tellMatchLimit(request, module, `gave ${request.path} up: ${error.message}`);
  return INTERNAL_SERVER_ERROR;
}

/** An expression took the limit as no match, and said so in the log; the request does not go on with that. */
function giveUp(module: string, request: ApacheRequest): number {
  tellMatchLimit(
    request,
    module,
    `gave ${request.path} up: the limit of ${request.budget.steps} steps for one request is used up`,
  );
  return INTERNAL_SERVER_ERROR;
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
): Array<Hook<NonNullable<Hooks[Step]> & ((request: ApacheRequest) => unknown)>> {
  type Act = NonNullable<Hooks[Step]> & ((request: ApacheRequest) => unknown);
  const hooks: Hook<Act>[] = [];
  for (const module of modules) {
    const { hooks: own } = module.definition;
    if (own?.[step] === undefined || !isLoaded(module)) continue;
    hooks.push({ module: module.name.replace(/^mod_|\.c$/g, ''), act: own[step].bind(own) as Act });
  }
  return hooks;
}
