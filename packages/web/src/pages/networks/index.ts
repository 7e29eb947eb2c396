// Networks: what there is, one more, one less.
// Must never choose a VLAN by itself: the controller does, which knows those that are taken.
export { Networks } from './networks.tsx';
