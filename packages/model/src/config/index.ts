// What the owner of a host writes down, and what it comes to on the machine at hand.
// Must never read a file: the contract parses the text, the agent's main program reads it.
export {
  type ConfiguredHost,
  describePfMatch,
  desiredOfConfig,
  desiredOfConfigAsFarAsKnown,
  isConfiguredAttachment,
  isOwnAttachment,
  ownAttachmentId,
  isPfMatch,
} from './desired-of-config.ts';
export type { BridgeConfig, HostConfig, PfConfig, PfMatch, VfConfig } from './host-config.ts';
