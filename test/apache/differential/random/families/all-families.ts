// Every family, and how often each is drawn.
import type { SeededRandom } from '../../../../wire/seeded-random.ts';
import { loginFamily, oldAccessFamily, requireFamily } from './access.ts';
import { aliasFamily, errorDocumentFamily, indexFileFamily, redirectFamily } from './addresses.ts';
import { connectionFamily } from './connection.ts';
import { compressionFamily, expiryFamily, typeFamily } from './content.ts';
import { environmentFamily } from './environment.ts';
import type { DirectiveFamily } from './family.ts';
import { headerFamily } from './header.ts';
import { listingFamily, optionFamily } from './listing.ts';

export const FAMILIES: readonly DirectiveFamily[] = [
  headerFamily,
  environmentFamily,
  typeFamily,
  expiryFamily,
  compressionFamily,
  requireFamily,
  loginFamily,
  oldAccessFamily,
  aliasFamily,
  redirectFamily,
  errorDocumentFamily,
  indexFileFamily,
  optionFamily,
  listingFamily,
  connectionFamily,
];

/** A few that the whole plot draws from: what belongs together meets more often than if all of them were there. */
export function pickFamilies(random: SeededRandom): DirectiveFamily[] {
  return [...Array.from({ length: 1 + random.below(4) }, () => random.pick(FAMILIES)), headerFamily];
}
