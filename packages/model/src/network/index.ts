// Networks, segments, ports and what binds a port to a VF.
// Never holds Neutron's spelling: the wire's names stop in the contract.
export * from './port.ts';
export * from './port-settings.ts';
export * from './segment.ts';
