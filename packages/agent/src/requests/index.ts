// What people ask of one host: look, plan, apply, compare. The daemon serves it, the command line does it itself
// where no daemon runs. Must never keep anything for the next request: the journal and the kernel hold all of it.
export type { ConfigFile } from './config-file.ts';
export { answersAboutChanges } from './answers-about-changes.ts';
export { answerRequest } from './answer-request.ts';
export type { AskedContext, RequestContext } from './request-context.ts';
export { wantedNow } from './wanted-of-config.ts';
