// Cards that can be plugged into a simulated machine, as data.
// Never holds behaviour: that is the kernel driver's, in ../drivers.
export type { Card, CardPort } from './card.ts';
export {
  BCM57414,
  CARDS,
  CONNECTX_6,
  INTEL_82576,
  INTEL_E810,
  INTEL_I350,
  INTEL_X710,
  MOVING_82576,
} from './catalog.ts';
