// What a family of directives is: lines of one subject, for the places that it can stand in.
import type { SeededRandom } from '../../../../wire/seeded-random.ts';
import type { DirectiveNode, Place } from '../plot.ts';

export interface DirectiveFamily {
  readonly name: string;
  /** One directive, most of the time one that the real httpd takes. */
  make(random: SeededRandom, place: Place): DirectiveNode;
}

/** A family whose directives are all lines, from a table of makers: `undefined` is drawn anew. */
export type LineMaker = (random: SeededRandom, place: Place) => string | undefined;
