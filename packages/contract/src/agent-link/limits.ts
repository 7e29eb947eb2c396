/** A longer message closes the session. A host with 16 PFs of 256 VFs reports about 3 MB. */
export const MOST_MESSAGE_BYTES = 8 * 1024 * 1024;

/** How often the agent pings. The answer tells the agent, and the ping the controller, that the other one is there. */
export const HEARTBEAT_EVERY_MS = 15_000;

/** Whoever was not heard of for so long is gone: three heartbeats. */
export const SILENT_AFTER_MS = 45_000;
