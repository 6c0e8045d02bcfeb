// The settings that decide how long an idle connection is kept, for every server that has one.
import type { ServerSetting } from './finding.ts';

/**
 * Keeps idle connections for so many seconds. Where a server can promise less than it keeps, it promises 5 s less; Apache and HAProxy
 * cannot, Node.js adds a second of its own (`keepAliveTimeoutBuffer`), perdura 5 % (`keepAliveGraceMs`).
 */
export function keepIdleFor(seconds: number): readonly ServerSetting[] {
  const ms = (seconds * 1_000).toLocaleString('en').replaceAll(',', '_');
  return [
    { software: 'nginx', setting: `keepalive_timeout ${seconds}s ${seconds - 5}s;` },
    { software: 'Apache', setting: `KeepAliveTimeout ${seconds}` },
    { software: 'HAProxy', setting: `timeout http-keep-alive ${seconds}s` },
    { software: 'Node.js', setting: `server.keepAliveTimeout = ${ms}` },
    { software: 'perdura', setting: `keepAliveTimeoutMs: ${ms}` },
  ];
}
