// What tests of packet filters need of this machine: a network namespace of their own, and machines on both ends of a wire.
// Must never change the namespace that the tests were started in.
export { aFilter, aMove, following } from './arbitrary-moves.ts';
export { encodeFrame } from './encode-frame.ts';
export { FramePath } from './frame-path.ts';
export { inOwnNetwork } from './own-network.ts';
