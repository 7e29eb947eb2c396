import type { SimulatedMachine, SimulatedPf, SimulatedVf } from '../machine/index.ts';

/** Whether anything can pass the VF now: a driver is bound that could send, and the link is not disabled. */
export function isVfOpen(vf: SimulatedVf): boolean {
  return vf.driver !== null && vf.settings.linkState !== 'disable';
}

/** All VFs of the machine that are open now. */
export function openVfs(
  machine: SimulatedMachine,
): readonly { readonly pf: SimulatedPf; readonly vf: SimulatedVf }[] {
  return machine.pfs.flatMap((pf) => pf.vfs.filter(isVfOpen).map((vf) => ({ pf, vf })));
}
