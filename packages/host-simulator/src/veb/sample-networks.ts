import type { Network, VebPort, Wire } from './index.ts';

const hub: Wire = { name: 'hub', carries: { kind: 'all' } };
/** A switch that carries VLAN 100, tagged, and nothing else. */
export const onlyVlan100: Wire = {
  name: 'switch',
  carries: { kind: 'vlans', vlanIds: [100], untagged: false },
};

/** All ports on one wire, or each alone; for the tests of this folder. */
export const sampleNetwork = (
  ports: Readonly<Record<string, VebPort>>,
  wire: Wire | null = hub,
): Network => ({
  ports: Object.entries(ports).map(([name, port]) => ({ name, port, wireName: wire?.name ?? null })),
  wires: wire === null ? [] : [wire],
});
