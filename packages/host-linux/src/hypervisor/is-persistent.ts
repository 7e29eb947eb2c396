import type { Domain, Libvirt } from '@virtfn/libvirt';

/** Whether a domain has a configuration that outlives its run. For one that has none, libvirt shows its run in its place. */
export async function isPersistent(libvirt: Pick<Libvirt, 'domains'>, { uuid }: Domain): Promise<boolean> {
  return (await libvirt.domains.list(['persistent'])).some((each) => each.uuid === uuid);
}
