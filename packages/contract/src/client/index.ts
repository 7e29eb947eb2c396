// A typed client for `/virtfn/v1`, used by the command line and by tests.
// Only http-transport.ts, http-stream-transport.ts and agent-socket.ts touch the network; never fetch (its import costs a command line 60 ms).
export { AGENT_REQUESTS_PATH, askAgent } from './agent-socket.ts';
export { Client } from './client.ts';
export { type FollowOptions, followEvents, type ResetEvent } from './follow-events.ts';
export { errorOfAnswer } from './read-answer.ts';
export { httpStreamTransport } from './http-stream-transport.ts';
export { STREAM_SILENT_AFTER_MS, type StreamTransport } from './stream-transport.ts';
export { httpTransport } from './http-transport.ts';
export type { Answer, Transport } from './transport.ts';
