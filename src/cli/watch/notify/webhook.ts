// `--webhook URL`: posts each change as JSON, over a session of our own, and again where that fails. Of the URL no more than the
// origin is ever told: with many services the rest is the password.
import { Session } from '../../../client/index.ts';
import type { SessionOptions } from '../../../client/index.ts';
import { OptionError } from '../../../errors.ts';
import { systemClock } from '../../../io/index.ts';
import type { LoopClock } from '../../../io/index.ts';
import { printable } from '../../../text/index.ts';
import { encodeEventJson, eventFields } from '../event-json.ts';
import { Deliveries } from './deliveries.ts';
import type { DeliveryLimits, DeliveryMoment } from './deliveries.ts';
import type { Notifier, NotifyTools, WatchChange } from './notifier.ts';
import { decideWebhookRetry } from './webhook-retry.ts';
import type { WebhookRetryLimits } from './webhook-retry.ts';

/** Options of {@link webhookNotifier}. */
export interface WebhookNotifierOptions extends DeliveryLimits, WebhookRetryLimits, NotifyTools {
  /** Of the session that posts: TLS, proxies. Its timeouts have defaults of their own here. */
  readonly session?: SessionOptions;
  /** Which of several webhooks it is: `2`. Of their URLs no more than the origin is told. Default: the only one. */
  readonly ordinal?: number | undefined;
  /** Default: the machine's clock. */
  readonly clock?: LoopClock;
  /** For tests: numbers from 0 to 1 for jitter. Default Math.random. */
  readonly random?: () => number;
}

/** Longest wait for an answer. Services that take longer than ten seconds to say that they heard are treated as if they had not. */
const ANSWER_MS = 10_000;

/** @throws OptionError where the URL is none of http or https, or cannot be sent. */
export function webhookNotifier(url: string, options: WebhookNotifierOptions): Notifier {
  const target = parseWebhookUrl(url);
  const { clock = systemClock, tell, ordinal } = options;
  const session = new Session({
    timeouts: { connectMs: ANSWER_MS, headersMs: ANSWER_MS, bodyMs: ANSWER_MS },
    clock,
    ...options.session,
  });
  const webhook = new Webhook(target, session, clock, options);
  return new Deliveries(
    {
      name: `webhook ${target.origin}${ordinal === undefined ? '' : ` #${ordinal}`}`,
      tell,
      deliver: (change, moment) => webhook.deliver(change, moment),
      end: () => session.destroy(),
    },
    options,
  );
}

function parseWebhookUrl(url: string): URL {
  // Nothing of what was given is repeated.
  if (!URL.canParse(url)) throw new OptionError('webhook', 'is not a URL, it must begin with http:// or https://');
  const parsed = new URL(url);
  if (parsed.protocol === 'http:' || parsed.protocol === 'https:') return parsed;
  throw new OptionError('webhook', `begins with ${parsed.protocol}, it must begin with http:// or https://`);
}

/** The event as it is posted: a line of `--format json`, and a sentence for services that show one. */
export function describeInJson(change: WatchChange): string {
  return encodeEventJson({ ...eventFields(change), text: printable(sentenceOf(change)) });
}

function sentenceOf(change: WatchChange): string {
  const { type, target, reason } = change;
  const because = reason === undefined ? '' : `: ${reason}`;
  if (type === 'down') return `${target} is down${because}`;
  if (type === 'resumed') return `the watch of ${target} goes on${because}`;
  return `${target} is up again after ${Math.round(change.downMs / 1_000)} s`;
}

/** One place that is posted to. */
class Webhook {
  readonly #url: URL;
  readonly #session: Session;
  readonly #clock: LoopClock;
  readonly #limits: WebhookRetryLimits;

  constructor(url: URL, session: Session, clock: LoopClock, limits: WebhookRetryLimits) {
    this.#url = url;
    this.#session = session;
    this.#clock = clock;
    this.#limits = { ...limits, clock };
  }

  /** Posts until it is accepted, refused for good, or tried often enough. */
  async deliver(change: WatchChange, moment: DeliveryMoment): Promise<void> {
    const body = describeInJson(change);
    // The same for each attempt: who has heard already need not hear again.
    const key = crypto.randomUUID();
    for (let attempt = 1; ; attempt += 1) {
      // Asked before: while it is under way the end may come.
      const isLast = moment.isClosing.aborted;
      const outcome = await this.#post(body, key, moment.isOver);
      if (outcome === undefined) return;
      const verdict = decideWebhookRetry({ ...outcome, attempt, isLast }, this.#limits);
      if (!verdict.retry) throw new Error(verdict.reason);
      await this.#pause(verdict.afterMs, moment);
    }
  }

  /** Undefined where it was accepted. */
  async #post(body: string, key: string, signal: AbortSignal): Promise<PostFailure | undefined> {
    try {
      const response = await this.#session.request(this.#url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key, 'User-Agent': 'perdura-watch' },
        body,
        signal,
      });
      // What it says besides is nobody's concern, but read it must be, for the connection to persist.
      await response.body.dump().catch(() => {});
      const { status, headers } = response;
      if (status >= 200 && status < 300) return undefined;
      return { status, retryAfter: headers.get('retry-after') ?? undefined, what: `answered ${status}` };
    } catch (error) {
      return { status: undefined, retryAfter: undefined, what: this.#withoutSecrets((error as Error).message) };
    }
  }

  #withoutSecrets(message: string): string {
    const { href, pathname, search, username, password } = this.#url;
    const secrets = [href, pathname + search, pathname, search, username, password, ...decoded(username, password)];
    return secrets
      .filter((secret) => secret.length > 1)
      .reduce((text, secret) => text.replaceAll(secret, '…'), message);
  }

  /** Ends early where there is no time left for it. */
  #pause(ms: number, { isClosing }: DeliveryMoment): Promise<void> {
    if (isClosing.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        timer.stop();
        isClosing.removeEventListener('abort', go);
        resolve();
      };
      const timer = this.#clock.startTimer(ms, go, true);
      isClosing.addEventListener('abort', go);
    });
  }
}

interface PostFailure {
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly what: string;
}

function decoded(...texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    try {
      return [decodeURIComponent(text)];
    } catch {
      return [];
    }
  });
}
