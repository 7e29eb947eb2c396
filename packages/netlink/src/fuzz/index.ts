// Hostile input for the decoders: real and constructed messages, changed at random, and noise. Reproducible by its seed.
// Must never be part of a program, nor let an input pass that took long or threw anything but NetlinkDecodeError.
export { fuzzDecoders } from './decoders.fuzz.ts';
