// What concerns connections, limits and names. Times are left as they are: nothing here waits. `UseCanonicalName DNS` is refused on purpose.
import { line } from '../plot.ts';
import type { DirectiveFamily } from './family.ts';

export const connectionFamily: DirectiveFamily = {
  name: 'connection',
  make: (random, place) => {
    const here = random.below(5);
    if (place !== 'host' || here === 0) {
      switch (random.below(6)) {
        case 0:
        case 1:
          return line(`LimitRequestBody ${random.pick(['0', '3', '10', '100'])}`);
        case 2:
          return line(`ServerSignature ${random.pick(['On', 'Off', 'EMail'])}`);
        case 3:
          return line(place === 'htaccess' ? 'ServerSignature On' : `UseCanonicalName ${random.pick(['On', 'Off'])}`);
        case 4:
          return line(
            place === 'htaccess' ? 'ServerSignature EMail' : `UseCanonicalPhysicalPort ${random.pick(['On', 'Off'])}`,
          );
        default:
          return line(
            place === 'htaccess'
              ? 'LimitXMLRequestBody 5'
              : `${random.pick(['MaxRanges', 'MaxRangeOverlaps', 'MaxRangeReversals'])} ${random.pick(['none', 'default', 'unlimited', '1', '2'])}`,
          );
      }
    }
    return line(
      random.pick([
        `KeepAlive ${random.pick(['On', 'Off'])}`,
        `MaxKeepAliveRequests ${random.pick(['0', '1', '3', '100'])}`,
        `KeepAliveTimeout ${random.pick(['5', '2000ms', '1500ms', '1min', '0'])}`,
        `LimitRequestFields ${random.pick(['0', '5', '10'])}`,
        `LimitRequestFieldSize ${random.pick(['30', '100', '8190'])}`,
        `LimitRequestLine ${random.pick(['30', '100', '8190'])}`,
        `LimitInternalRecursion ${random.pick(['2', '3 5', '10'])}`,
        `TraceEnable ${random.pick(['On', 'Off'])}`,
        `AllowEncodedSlashes ${random.pick(['On', 'Off', 'NoDecode'])}`,
        `MergeSlashes ${random.pick(['On', 'Off'])}`,
        `HttpProtocolOptions ${random.pick(['Strict', 'Unsafe', 'RegisteredMethods', 'LenientMethods', 'Require1.0', 'Allow0.9'])}`,
        'ServerAdmin admin@example.test',
        `ServerAlias ${random.pick(['*.alias.test', 'other.test', '@PLOT@-?.test'])}`,
        `AccessFileName ${random.pick(['.htaccess', '.other .htaccess', '.other'])}`,
        `UseCanonicalName ${random.pick(['On', 'Off'])}`,
      ]),
    );
  },
};
