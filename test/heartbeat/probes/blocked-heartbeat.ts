// A program with heartbeats to the URLs of its arguments that is busy for 300 ms now and then, for ten seconds. Prints what was told.
import { http2Probe, httpProbe, Heartbeat } from '#src/heartbeat/index.js';

const BUSY_MS = 300;
const RUN_MS = 10_000;
/** Shorter than the program is busy. */
const TIMEOUT_MS = 150;
const INTERVAL_MS = 400;

const heartbeats = process.argv.slice(2).map((url) => {
  const probe = url.startsWith('h2c:') ? http2Probe(url) : httpProbe(url);
  return new Heartbeat({ probe, intervalMs: INTERVAL_MS, timeoutMs: TIMEOUT_MS, tolerance: 2, jitter: 0.5 }).start();
});

let blocked = 0;
const startMs = performance.now();

function beBusy(): void {
  const untilMs = performance.now() + BUSY_MS;
  while (performance.now() < untilMs);
  blocked += 1;
  if (performance.now() - startMs < RUN_MS) setTimeout(beBusy, 100 + Math.random() * 600);
  else {
    for (const heartbeat of heartbeats) heartbeat.stop();
    const stats = heartbeats.map((heartbeat) => heartbeat.stats());
    console.log(JSON.stringify({ blocked, stats }));
  }
}

setTimeout(beBusy, 50);
