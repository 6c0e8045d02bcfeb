// From Timeout and RequestReadTimeout to the deadlines of serve(). Pure.
import type { ServeOptions } from '../../server/index.ts';
import type { ReadTimeout, ReadTimeouts } from '../modules/reqtimeout.ts';

type Timeouts = NonNullable<ServeOptions['timeouts']>;

/** `timeoutMs`: Timeout. `reading`: RequestReadTimeout; undefined where its module is not loaded. */
export function planTimeouts(
  timeoutMs: number,
  reading: { readonly [Stage in keyof ReadTimeouts]: ReadTimeout } | undefined,
): Timeouts {
  const pauseMs = Math.max(1, timeoutMs);
  const handshake = planStage(reading?.handshake);
  const header = planStage(reading?.header);
  const body = planStage(reading?.body);
  return {
    // Pauses of a handshake are not looked at: one as long as Timeout is all that it may take where nothing else is said.
    handshakeMs:
      handshake.firstMs === Infinity ? pauseMs : Math.min(handshake.maxMs, Math.max(pauseMs, handshake.firstMs)),
    silentMs: Math.min(pauseMs, header.firstMs),
    headerMs: header.firstMs,
    headerMaxMs: header.maxMs,
    minRateBytesPerSecond: header.minRate,
    bodyMs: body.firstMs,
    bodyMaxMs: body.maxMs,
    bodyMinRateBytesPerSecond: body.minRate,
    pauseMs,
    writeMs: pauseMs,
  };
}

/** 0 stands for no limit in Apache. Where no rate is asked for, no client is fast enough to be given more time. */
function planStage(stage: ReadTimeout | undefined): {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly minRate: number;
} {
  if (stage === undefined || stage.initialMs === 0) return { firstMs: Infinity, maxMs: Infinity, minRate: Infinity };
  const { initialMs, maximumMs, bytesPerSecond } = stage;
  if (bytesPerSecond === 0) return { firstMs: initialMs, maxMs: initialMs, minRate: Infinity };
  return { firstMs: initialMs, maxMs: maximumMs === 0 ? Infinity : maximumMs, minRate: bytesPerSecond };
}
