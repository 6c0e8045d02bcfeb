// Sends the interim responses of handlers, or holds them until it is their exchange's turn.
import type { Clock } from '../../io/index.ts';
import type { AnswerHeaders } from '../handler.ts';
import type { WireConnection } from '../../wire/index.ts';
import { ExchangeAccount } from './exchange-account.ts';
import type { ExchangeLoopOwner } from './exchange-loop-owner.ts';
import { checkInformational, encodeInformationalFields, planInformational } from './informational.ts';
import type { HeldInformational } from './informational.ts';
import type { ServerExchange } from './server-exchange.ts';

/** The connection that they go out on. */
export interface InformationalLane {
  readonly core: { readonly clock: Clock };
  readonly owner: ExchangeLoopOwner;
  readonly wire: WireConnection;
}

/** Returns whether it goes out. `isFirst`: all earlier answers are out. @throws MisuseError */
export function sendInformational(
  lane: InformationalLane,
  exchange: ServerExchange,
  isFirst: boolean,
  status: number,
  headers: AnswerHeaders | undefined,
): boolean {
  checkInformational(status);
  const { progress, refusal, wire } = exchange;
  const plan = planInformational({
    answered: progress !== 'waiting',
    givenUp: refusal !== undefined || (progress === 'done' && wire.responseState === 'awaited' && !exchange.upgraded),
    minorVersion: wire.minorVersion,
    isFirst,
    blocked: lane.owner.blocked,
  });
  if (plan === 'drop') return false;
  const informational = { status, fieldLines: encodeInformationalFields(headers) };
  if (plan === 'hold') {
    exchange.heldInformational ??= [];
    exchange.heldInformational.push(informational);
    return true;
  }
  writeInformational(lane, exchange, informational);
  lane.owner.settle();
  return true;
}

/** Writes one whose turn it is. */
export function writeInformational(
  { core, owner, wire }: InformationalLane,
  exchange: ServerExchange,
  { status, fieldLines }: HeldInformational,
): void {
  if (status === 100) exchange.continued = true;
  const before = owner.producedBytes;
  wire.sendInterim(exchange.wire, status, fieldLines);
  exchange.account ??= new ExchangeAccount(core.clock);
  exchange.account.interimBytes += owner.producedBytes - before;
}
