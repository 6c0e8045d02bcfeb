// What a fault is made of: its parameters, when it applies by default, and what it does at the moments of a connection.
// Pure: each moment gives a list of steps, or undefined where it is not yet, or not at all, the fault's.
import type { ReadyAnswer } from './answer.ts';
import type { Parameter } from './parameter.ts';
import type { BadPeerRequest } from './request.ts';
import type { Step } from './step.ts';

/** Which connections and requests a fault applies to. */
export interface FaultWhen {
  /** Number of the connection, 1 for the first that the peer accepted. Default `every`. */
  readonly connection?: number | 'every';
  /**
   * Number of the request on its connection, 1 for the first; or what to ask of it. A fault on an idle connection looks at the
   * request that was answered last, and 0 stands for a connection on which no request has come yet. Default `every`, which is 1 and above.
   */
  readonly request?: number | 'every' | ((request: BadPeerRequest) => boolean);
  /** How often it applies, over all connections. Default Infinity. */
  readonly times?: number;
}

/** What all faults have. */
export interface FaultBase {
  readonly kind: string;
  readonly when?: FaultWhen;
}

/** The parameters of a fault by name. */
export type FaultParameters<Fault extends FaultBase> = {
  readonly [Name in Exclude<keyof Fault, keyof FaultBase>]-?: Exclude<Fault[Name], undefined>;
};

/** One row of the table of faults. */
export interface FaultDefinition<Fault extends FaultBase> {
  readonly parameters: {
    readonly [Name in Exclude<keyof Fault, keyof FaultBase>]-?: Parameter<Exclude<Fault[Name], undefined>>;
  };
  /** Where the user says nothing. */
  readonly when?: FaultWhen;
  /** A connection was accepted. */
  atAccept?(parameters: FaultParameters<Fault>): readonly Step[] | undefined;
  /** More of the request has arrived, its head at least, and every request before it is done. The steps replace its processing. */
  atRequest?(parameters: FaultParameters<Fault>, request: BadPeerRequest): readonly Step[] | undefined;
  /** The handler has answered. The steps replace the sending of the answer. */
  atAnswer?(
    parameters: FaultParameters<Fault>,
    answer: ReadyAnswer,
    request: BadPeerRequest,
  ): readonly Step[] | undefined;
  /** Nothing is under way. A request that begins before the step `fault` makes it not happen. */
  atIdle?(parameters: FaultParameters<Fault>): readonly Step[] | undefined;
}

/** The moments at which a fault can act. */
export type FaultMoment = 'atAccept' | 'atRequest' | 'atAnswer' | 'atIdle';
