// The faults that a peer has at the moment: checks what the user gave, and decides which of them acts.
import { OptionError } from '../../errors.ts';
import type { FaultBase, FaultDefinition, FaultMoment, FaultWhen } from './fault-definition.ts';
import { FAULT_DEFINITIONS } from './fault-table.ts';
import type { BadPeerFault, BadPeerFaultKind } from './fault-table.ts';
import { checkParameter, count } from './parameter.ts';
import type { Parameter } from './parameter.ts';
import type { BadPeerRequest } from './request.ts';
import type { Step } from './step.ts';

/** Where a connection stands: its number, and the request that is meant; undefined where none has come. */
export interface FaultPlace {
  readonly connection: number;
  readonly request: BadPeerRequest | undefined;
}

/** A definition without the type of its parameters, which its own check has made sure of. */
type AnyDefinition = FaultDefinition<FaultBase> & { readonly parameters: Readonly<Record<string, Parameter<unknown>>> };

const NUMBER_OR_EVERY = (lowest: number): Parameter<unknown> => ({
  fallback: 'every',
  allowed: `a whole number, ${lowest} or more, or 'every'`,
  isAllowed: (value) => value === 'every' || count(lowest, lowest).isAllowed(value),
});

const WHEN_PARAMETERS: { readonly [Name in keyof FaultWhen]-?: Parameter<unknown> } = {
  connection: NUMBER_OR_EVERY(1),
  request: {
    fallback: 'every',
    allowed: "a whole number, 0 or more, 'every', or a function",
    isAllowed: (value) => typeof value === 'function' || NUMBER_OR_EVERY(0).isAllowed(value),
  },
  times: count(1, 1, true),
};

/** Checks values against their parameters and fills in the defaults; an explicit undefined counts as not given. */
function fillIn(option: string, parameters: Readonly<Record<string, Parameter<unknown>>>, given: object): object {
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(parameters)) values[name] = parameter.fallback;
  for (const [name, value] of Object.entries(given)) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined) {
      const names = Object.keys(parameters).join(', ');
      throw new OptionError(`${option}.${name}`, `is not the name of a parameter; there are: ${names || 'none'}`);
    }
    if (value === undefined) continue;
    checkParameter(`${option}.${name}`, parameter, value);
    values[name] = value;
  }
  return values;
}

/** One fault with everything filled in. */
export class ActiveFault {
  readonly kind: BadPeerFaultKind;
  readonly #definition: AnyDefinition;
  readonly #parameters: never;
  readonly #when: FaultWhen;
  #remaining: number;

  constructor(option: string, fault: BadPeerFault) {
    const { kind, when = {}, ...given } = checkObject(option, fault);
    if (!Object.hasOwn(FAULT_DEFINITIONS, kind)) {
      const kinds = Object.keys(FAULT_DEFINITIONS).join(', ');
      throw new OptionError(`${option}.kind`, `is ${JSON.stringify(kind)}, it must be one of ${kinds}`);
    }
    this.kind = kind;
    this.#definition = FAULT_DEFINITIONS[kind];
    this.#parameters = fillIn(option, this.#definition.parameters, given) as never;
    fillIn(`${option}.when`, WHEN_PARAMETERS, checkObject(`${option}.when`, when));
    const givenWhen = Object.entries(when).filter(([, value]) => value !== undefined);
    this.#when = { ...this.#definition.when, ...Object.fromEntries(givenWhen) };
    this.#remaining = this.#when.times ?? Infinity;
  }

  /** Gives back what was taken for a fault that did not come to act. */
  giveBack(): void {
    this.#remaining += 1;
  }

  /** The steps of this fault at this moment; undefined where it has nothing to do with it. */
  plan(moment: FaultMoment, place: FaultPlace, ask: (definition: AnyDefinition, parameters: never) => Plan): Plan {
    if (this.#remaining <= 0 || this.#definition[moment] === undefined || !this.#matches(moment, place))
      return undefined;
    const steps = ask(this.#definition, this.#parameters);
    if (steps !== undefined) this.#remaining -= 1;
    return steps;
  }

  #matches(moment: FaultMoment, { connection, request }: FaultPlace): boolean {
    const { connection: wantedConnection = 'every', request: wanted = 'every' } = this.#when;
    if (wantedConnection !== 'every' && wantedConnection !== connection) return false;
    if (moment === 'atAccept') return true;
    if (typeof wanted === 'function') return request !== undefined && wanted(request);
    return wanted === 'every' ? request !== undefined : wanted === (request?.number ?? 0);
  }
}

type Plan = readonly Step[] | undefined;

/** What a fault wants to be done. */
export interface PlannedFault {
  readonly fault: ActiveFault;
  readonly steps: readonly Step[];
}

/** All faults that are set; of several that match, the first one acts. */
export class ActiveFaults {
  #faults: readonly ActiveFault[] = [];

  /** @throws OptionError where a fault does not exist, or a parameter has a value that it cannot have. */
  set(faults: BadPeerFault | readonly BadPeerFault[] | undefined): void {
    if (faults === undefined) this.#faults = [];
    else if (Array.isArray(faults))
      this.#faults = faults.map((fault, index) => new ActiveFault(`fault[${index}]`, fault as BadPeerFault));
    else this.#faults = [new ActiveFault('fault', faults as BadPeerFault)];
  }

  plan(
    moment: FaultMoment,
    place: FaultPlace,
    ask: (definition: AnyDefinition, parameters: never) => Plan,
  ): PlannedFault | undefined {
    for (const fault of this.#faults) {
      const steps = fault.plan(moment, place, ask);
      if (steps !== undefined) return { fault, steps };
    }
    return undefined;
  }
}

function checkObject<Value>(option: string, value: Value): Value {
  if (typeof value === 'object' && value !== null) return value;
  throw new OptionError(option, `is ${String(value)}, it must be an object`);
}
