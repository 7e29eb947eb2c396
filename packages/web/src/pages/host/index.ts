// One host: its cards, drawn from the host to the virtual machines, and what stands out.
// Must never show a VF as free because nothing is known of it.
export { Host } from './host.tsx';
