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
    for (const hook of this.#lists.get(step)!) {
      const result = ask(hook, request) as HookResult;
      if (typeof result === 'number') return result;
      if (isAtMatchLimit(request)) return giveUp(hook.module, request);
    }
    return 'ok';
  }

  /** The same for modules that may take their time. A promise only where one of them does: most answer at once. */
  runEach(step: Deciding, request: ApacheRequest, from = 0): 'ok' | number | Promise<'ok' | number> {
    const hooks = this.#lists.get(step)!;
    for (let at = from; at < hooks.length; at += 1) {
      const { module } = hooks[at]!;
      const result = ask(hooks[at]!, request);
      if (isThenable(result)) {
        return result.then(
          (late) => endOfEach(late, module, request) ?? this.runEach(step, request, at + 1),
          (error: unknown) => giveUpAtMatchLimit(error, module, request),
        );
      }
      const end = endOfEach(result, module, request);
      if (end !== undefined) return end;
    }
    return 'ok';
  }

  /** The first module that does not say undefined decides. A promise only where one of them takes its time. */
  runFirst(step: Deciding, request: ApacheRequest, from = 0): HookResult | Promise<HookResult> {
    const hooks = this.#lists.get(step)!;
    for (let at = from; at < hooks.length; at += 1) {
      const { module } = hooks[at]!;
      const result = ask(hooks[at]!, request);
      if (isThenable(result)) {
        return result.then(
          (late) => endOfFirst(late, module, request) ?? this.runFirst(step, request, at + 1),
          (error: unknown) => giveUpAtMatchLimit(error, module, request),
        );
      }
      const end = endOfFirst(result, module, request);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  /** The same for steps whose modules all answer at once. */
  runFirstNow(step: 'userlessChecker' | 'authChecker' | 'typeChecker', request: ApacheRequest): HookResult {
    return this.runFirst(step, request) as HookResult;
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

/** What fails at once is what fails later, too. */
function ask({ module, act }: DecidingHook, request: ApacheRequest): HookResult | Promise<HookResult> {
  try {
    return act(request);
  } catch (error) {
    return giveUpAtMatchLimit(error, module, request);
  }
}

/** Undefined: the next module is asked. */
function endOfEach(result: HookResult, module: string, request: ApacheRequest): number | undefined {
  if (typeof result === 'number') return result;
  // A module that has redirected the request within the server has answered it.
  if (request.next !== undefined) return 200;
  return isAtMatchLimit(request) ? giveUp(module, request) : undefined;
}

function endOfFirst(result: HookResult, module: string, request: ApacheRequest): HookResult {
  if (typeof result === 'number' || request.next !== undefined) return result;
  return isAtMatchLimit(request) ? giveUp(module, request) : result;
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
