// What every server of `/virtfn/v1` does alike: reads queries, refuses names that are not its own, tells what went wrong.
// Must never know the library that serves.
export { type AskedEvents, parseAskedEvents } from './asked-events.ts';
export { parseAskedTime, unknownMarker } from './asked-steps.ts';
export { documentOfError } from './error-document.ts';
export { refuseForeignName } from './foreign-name.ts';
export { refuseForeignPage } from './foreign-page.ts';
export { parseQuery } from './parse-query.ts';
