// What is wrong with the directives of a configuration: the first fault, at which Apache stops, and what is missing here behind it.
import { ConfigurationRefused } from '../syntax/configuration-error.ts';
import type { ConfigurationNote } from './process-configuration.ts';

/** What Apache would have taken. */
const UNSUPPORTED = /supported by perdura/;

/** The same, or a command of a module that nobody here knows: Apache would not know it either, or it would. */
const MISSING_HERE = /supported by perdura|^Invalid command '/;

/** Whether Apache would not have refused it. */
export function isUnsupported({ message }: ConfigurationRefused): boolean {
  return UNSUPPORTED.test(message);
}

/**
 * See the head of the file. Only what is missing is kept of later faults: of a directive that was refused, others may depend, but none
 * becomes unsupported by it.
 */
export class FaultList {
  readonly #notes: ConfigurationNote[];
  #notesBefore = 0;
  #first: ConfigurationRefused | undefined;
  readonly #further: ConfigurationRefused[] = [];

  /** `notes`: what is doubtful so far, filled in while the configuration is read. */
  constructor(notes: ConfigurationNote[]) {
    this.#notes = notes;
  }

  add(refused: ConfigurationRefused): void {
    if (this.#first === undefined) {
      this.#first = refused;
      this.#notesBefore = this.#notes.length;
      refused.further = this.#further;
    } else if (MISSING_HERE.test(refused.message)) this.#further.push(refused);
  }

  /** What is doubtful behind the first fault is forgotten: Apache has stopped there. @throws ConfigurationRefused where there is one */
  throwFirst(): void {
    if (this.#first === undefined) return;
    this.#notes.splice(this.#notesBefore);
    throw this.#first;
  }
}
