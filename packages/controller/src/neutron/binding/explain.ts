import type { PortExplanation } from '@virtfn/contract';
import { describeReason, HostsByLoad } from '../../scheduler/index.ts';
import { explainSecurity } from '../filtering/index.ts';
import type { Call } from '../framework/index.ts';
import { chooseOfFleet, chooseOfHost } from './choose.ts';
import { getKnownPort } from './known-port.ts';
import { isOfCard } from './port-of-document.ts';
import { searchesOf } from './search.ts';
import { withTaken } from './taken.ts';

/**
 * Says which VF a port would get now, on one host or on any, or why each host refuses it.
 *
 * @throws {SriovError} PORT_UNKNOWN
 */
export async function explainPort(
  call: Pick<Call, 'db' | 'settings'>,
  portId: string,
  hostId: string | null,
): Promise<PortExplanation> {
  const { fleet } = call.settings;
  const port = await getKnownPort(call, portId, 'explain');
  const explained = (
    found: Partial<PortExplanation>,
    isFiltered: boolean | null = null,
  ): PortExplanation => ({
    portId,
    chosen: null,
    obstacle: null,
    hosts: [],
    security: explainSecurity(port, isFiltered),
    ...found,
  });
  const obstacle = (text: string): PortExplanation => explained({ obstacle: text });
  const vnicType = port['binding:vnic_type'];
  if (!isOfCard(vnicType)) return obstacle(`ports of kind ${vnicType} need no VF`);
  const host = hostId === null ? undefined : fleet.find(hostId);
  if (hostId !== null && host === undefined) return obstacle(`no agent of host "${hostId}" has reported`);
  // What is taken on all hosts is looked up only where all are asked for.
  const scope = host === undefined ? await fleet.proposals() : await withTaken(call, host);
  if (scope instanceof HostsByLoad && scope.all().length === 0) return obstacle('no agent has reported');
  const refused: PortExplanation['hosts'] = [];
  // What it has by now is its own, and the question is what it could have.
  const { pci_slot: _, ...profile } = port['binding:profile'];
  for (const search of await searchesOf(call, { port, vnicType, profile })) {
    const choice = scope instanceof HostsByLoad ? chooseOfFleet(search, scope) : chooseOfHost(search, scope);
    if (choice.kind === 'hopeless') return obstacle(choice.text);
    if (choice.kind === 'chosen') {
      const { hostId: chosenHost, pf, vfIndex, pciAddress } = choice;
      const chosen = { hostId: chosenHost, pf, vfIndex, pciAddress };
      return explained({ chosen }, fleet.find(chosenHost)?.canFilter ?? null);
    }
    refused.push(
      ...choice.hosts.map(({ hostId: refusing, reasons }) => ({
        hostId: refusing,
        reasons: reasons.map((reason) => ({ ...reason, words: describeReason(reason) })),
      })),
    );
  }
  return explained({ hosts: refused }, host?.canFilter ?? null);
}
