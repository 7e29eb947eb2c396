// The agent's own listener for Prometheus, off unless it is asked for.
// Must never change anything on the host or hold up its keeper: a scrape answers from the last look, and of the kernel it
// asks for counters alone, at most every 2 s.
export { serveMetrics } from './serve-metrics.ts';
export { timedHost } from './timed-host.ts';
