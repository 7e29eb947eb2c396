// What the cards of a host have passed, for whoever looks or scrapes.
// Must never ask the kernel more often than is said: firmware that counts is asked for each VF.
export { RecentCounters } from './recent-counters.ts';
export { answersAboutTraffic, readTraffic, type TrafficOptions } from './traffic-document.ts';
