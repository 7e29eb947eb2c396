// What changes, told to whoever listens: one reader of the log of changes for all of them, with events written out once.
// Must never make a listener's slowness another's: who does not keep up is told where to go on, and cut off.
export { EventFeed } from './event-feed.ts';
export { type EventSink, EventStream, type EventStreamOptions } from './event-stream.ts';
