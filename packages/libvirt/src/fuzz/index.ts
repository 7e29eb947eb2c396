// Hostile input for the decoders: captured packets, changed at random, and noise. Reproducible by its seed.
// Must never be part of a program, nor let an input pass that took long or threw anything but LibvirtDecodeError.
export { fuzzDecoders } from './decoders.fuzz.ts';
