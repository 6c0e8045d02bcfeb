// Ways to tell of a change: a command, a webhook, the bell of the terminal.
export { bellNotifier } from './bell.ts';
export { commandNotifier } from './command.ts';
export type { CommandNotifierOptions } from './command.ts';
export type { Notifier, NotifyReport, NotifyTools, WatchChange } from './notifier.ts';
export { webhookNotifier } from './webhook.ts';
export type { WebhookNotifierOptions } from './webhook.ts';
