// A TCP proxy that forgets idle flows as NATs, firewalls and balancers do, to be put between a client and a server. For tests only.
export type { FlowSide, MiddleboxEvent, MiddleboxKind } from './event.ts';
export type { MiddleboxFlow } from './flow.ts';
export { Middlebox, startMiddlebox } from './middlebox.ts';
export type { MiddleboxOptions, MiddleboxTarget } from './options.ts';
