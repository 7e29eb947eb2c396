// The dashboard as files: what they are, where they lie, and how a browser is answered that asks for one.
// Must never know an API, nor a server: whoever serves the dashboard sends what it is told here.
export { answerWebFile, WEB_ROOT } from './answer-web-file.ts';
export { usualWebFiles } from './usual-web-files.ts';
export { WebFile } from './web-file.ts';
