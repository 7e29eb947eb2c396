// What an agent measures: cards, VFs and counters as they were read last, and what the agent itself has done since it began.
// Must never look at the host, and never show a series whose value nobody has read: an absent one says so.
export { AgentMetrics, type AgentMetricsOptions, type Scrape } from './agent-metrics.ts';
export { AGENT_METRICS } from './catalog.ts';
