// How a page does something: a dialog that says beforehand what it does and to whom, the same as a command line, and what
// was refused. Must never do a thing that its dialog has not said, nor lose what was typed.
export { Action } from './action.tsx';
export { ActionDialog } from './action-dialog.tsx';
export { Choice, TextField } from './fields.tsx';
