// The way from a host over its PFs, VFs and ports to its virtual machines, as a picture that is a list to who hears it.
// Must never leave out what has failed: what does not fit is what is as it should be.
export { ChosenMachine } from './chosen-machine.tsx';
export { Picture } from './picture.tsx';
