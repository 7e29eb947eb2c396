// What an action is as a command line, so that who has done it here once can write it into a script.
// Must never show an option that `virtfn` does not have.
export { commandLine } from './command-line.ts';
