/** Version of the messages. An agent and a controller of different ones refuse each other. */
export const LINK_PROTOCOL = 1;

/** Where an agent asks for its WebSocket. */
export const LINK_PATH = '/virtfn/v1/agent-link';

/** The agents' port of a controller, unless it is given another. */
export const DEFAULT_LINK_PORT = 9697;

/**
 * The name in every controller's certificate. Agents know their controller by who signed it, not by a DNS name: so it may
 * move, stand behind a load balancer, or be called by an address.
 */
export const CONTROLLER_NAME = 'controller.virtfn.internal';

/** Why a WebSocket was closed (RFC 6455 section 7.4: 4000 to 4999 are the application's). */
export const CLOSE_CODE = {
  /** The controller stops; another one may take over at once. */
  goingAway: 1001,
  /** A message that does not fit its schema, or out of turn. */
  malformed: 4400,
  /** A `refused` message before it says why. */
  refused: 4403,
  /** Nothing was heard for too long. */
  silent: 4408,
  /** The same host has opened another session. */
  replaced: 4409,
} as const;
