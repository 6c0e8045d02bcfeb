// What files are: types, codings, languages, charsets, entity tags, expiry, compression.
import { line } from '../plot.ts';
import { EXTENSIONS, MEDIA_TYPES, pickSome, quoted } from '../vocabulary.ts';
import type { DirectiveFamily } from './family.ts';
import type { SeededRandom } from '../../../../wire/seeded-random.ts';

const EXPIRIES = [
  'A0',
  'A3600',
  'M86400',
  '"access plus 1 hour"',
  '"now plus 2 days 3 minutes"',
  '"modification plus 1 week"',
  'access',
  '"access 1 month"',
  'none',
];

function extensions(random: SeededRandom): string {
  return pickSome(random, EXTENSIONS, 2).join(' ');
}

export const typeFamily: DirectiveFamily = {
  name: 'types',
  make: (random, place) => {
    switch (random.below(16)) {
      case 0:
      case 1:
        return line(`AddType ${quoted(random, random.pick(MEDIA_TYPES))} ${extensions(random)}`);
      case 2:
        return line(`ForceType ${random.pick([...MEDIA_TYPES, 'none', 'None'])}`);
      case 3:
        return line(`AddEncoding ${random.pick(['gzip', 'x-gzip', 'br', 'x-foo', 'GZIP'])} ${extensions(random)}`);
      case 4:
        return line(`AddCharset ${random.pick(['utf-8', 'ISO-8859-1', 'x'])} ${extensions(random)}`);
      case 5:
        return line(`AddDefaultCharset ${random.pick(['On', 'Off', 'utf-8', 'x'])}`);
      case 6:
        return line(`AddLanguage ${random.pick(['en', 'fr', 'de-AT'])} ${extensions(random)}`);
      case 7:
        return line(`DefaultLanguage ${random.pick(['en', 'fr', 'x-y'])}`);
      case 8:
        return line(
          `Remove${random.pick(['Type', 'Encoding', 'Charset', 'Language', 'Handler'])} ${extensions(random)}`,
        );
      case 9:
        return line(
          `FileETag ${random.pick(['MTime Size', 'None', 'All', 'Size', 'INode', 'Digest', '+MTime', '-Size', '+Digest', 'MTime', '-INode +Size'])}`,
        );
      case 10:
        return line(`DefaultType ${place === 'htaccess' ? 'none' : random.pick(['none', 'text/plain'])}`);
      case 11:
        return line(`AddHandler ${random.pick(['default-handler', 'type-asis'])} ${extensions(random)}`);
      case 12:
        return line(`SetHandler ${random.pick(['default-handler', 'none', 'None'])}`);
      case 13:
        return line(`AcceptPathInfo ${random.pick(['On', 'Off', 'Default'])}`);
      case 14:
        return line(`EnableMMAP ${random.pick(['On', 'Off'])}`);
      default:
        return line(`AddType ${random.pick(MEDIA_TYPES)} ${extensions(random)}`);
    }
  },
};

export const expiryFamily: DirectiveFamily = {
  name: 'expiry',
  make: (random) => {
    switch (random.below(4)) {
      case 0:
      case 1:
        return line(`ExpiresActive ${random.pick(['On', 'On', 'Off'])}`);
      case 2:
        return line(`ExpiresDefault ${random.pick(EXPIRIES)}`);
      default:
        return line(`ExpiresByType ${random.pick([...MEDIA_TYPES, 'text/*'])} ${random.pick(EXPIRIES)}`);
    }
  },
};

export const compressionFamily: DirectiveFamily = {
  name: 'compression',
  make: (random, place) => {
    switch (random.below(8)) {
      case 0:
        return line(`SetOutputFilter ${random.pick(['DEFLATE', 'deflate'])}`);
      case 1:
        return line(`AddOutputFilter DEFLATE ${extensions(random)}`);
      case 2:
        return line(`RemoveOutputFilter ${extensions(random)}`);
      case 3:
        if (place === 'host') return line(`DeflateAlterEtag ${random.pick(['AddSuffix', 'NoChange', 'Remove'])}`);
        return line(`SetEnv ${random.pick(['no-gzip', 'gzip-only-text/html', 'force-gzip', 'dont-vary'])} 1`);
      case 4:
        if (place === 'host') return line(`DeflateCompressionLevel ${random.pick(['1', '9'])}`);
        return line(`SetEnvIf User-Agent Mozilla ${random.pick(['no-gzip', 'gzip-only-text/html', 'force-gzip'])}`);
      default:
        return line(`AddOutputFilterByType DEFLATE ${pickSome(random, MEDIA_TYPES.slice(0, 6), 3).join(' ')}`);
    }
  },
};
