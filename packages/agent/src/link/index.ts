// The agent's end of the link: dials the controller for as long as the agent lives, keeps what it wants of this host,
// and tells it what the host is like and what became of its ports.
// Must never open a socket or a file (both are handed in), and never decide what is done to the host.
export {
  type Answers,
  ControllerLink,
  type ControllerLinkOptions,
  type LinkStatus,
} from './controller-link.ts';
export type { KeptDesiredStore } from './kept-desired-keeper.ts';
export type { Dial, LinkConnection, LinkEvents } from './link-connection.ts';
