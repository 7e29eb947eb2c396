// What virtfn can do, told to shells (completion) and to man: all from the commands themselves.
// Must never list a command or an option by hand.
export { formatBashCompletion } from './bash.ts';
export { type CommandTree, commandTreeOf } from './command-tree.ts';
export { formatFishCompletion } from './fish.ts';
export { formatManPage } from './man-page.ts';
export { formatZshCompletion } from './zsh.ts';
