import type { VfChanges } from '@virtfn/contract';
import { parseMacAddress, parseVlan, SriovError, type Vlan } from '@virtfn/model';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addChangeOptions, type ChangeOptions } from './config-options.ts';
import { CHANGE_EXIT_STATUS, makeChange } from './make-change.ts';
import { addVfArguments } from './vf-arguments.ts';

interface VfSetOptions extends ChangeOptions {
  readonly mac?: string;
  readonly vlan?: string;
  readonly qos?: string;
  readonly vlanProto?: '802.1ad' | '802.1q';
  readonly spoofCheck?: 'off' | 'on';
  readonly trust?: 'off' | 'on';
  readonly linkState?: 'auto' | 'disable' | 'enable';
  readonly minTxRate?: string;
  readonly maxTxRate?: string;
  readonly mtu?: string;
  readonly driver?: 'kernel' | 'vfio-pci';
}

const NONE = 'none';

export function addVfSet(parent: Command, context: CommandContext): void {
  addChangeOptions(addVfArguments(parent.command('set')))
    .description('Set attributes of a VF, now and for every boot: they are written to host.yaml')
    .option('--mac <address>', 'MAC address, or none')
    .option('--vlan <id>', 'VLAN id from 1 to 4094, or none')
    .option('--qos <priority>', 'priority of the VLAN, 0 to 7')
    .addOption(new Option('--vlan-proto <proto>', 'protocol of the VLAN').choices(['802.1q', '802.1ad']))
    .addOption(
      new Option('--spoof-check <on|off>', 'drop frames whose sender is not the VF').choices(['on', 'off']),
    )
    .addOption(
      new Option('--trust <on|off>', 'let the VF change its MAC filters, go promiscuous').choices([
        'on',
        'off',
      ]),
    )
    .addOption(
      new Option('--link-state <state>', 'auto follows the PF').choices(['auto', 'enable', 'disable']),
    )
    .option('--min-tx-rate <mbps>', 'Mbit/s that it gets at least, or none')
    .option('--max-tx-rate <mbps>', 'Mbit/s that it cannot pass, or none')
    .option('--mtu <bytes>', 'MTU of its interface, or none to leave it alone')
    .addOption(
      new Option('--driver <driver>', 'kernel: the card’s own VF driver').choices(['kernel', 'vfio-pci']),
    )
    .addHelpText(
      'after',
      `${CHANGE_EXIT_STATUS}\nExample:\n  virtfn vf set ens1f0 3 --mac 52:54:00:00:00:03 --vlan 100 --max-tx-rate 500\n  virtfn vf set ens1f0 3 --vlan none --dry-run`,
    )
    .action((pf: string, vfIndex: number, options: VfSetOptions) => {
      const changes = changesOf(options);
      if (Object.keys(changes).length === 0) {
        throw new SriovError('REQUEST_INVALID', 'Cannot set a VF: no attribute is given', {
          hint: 'Name at least one, for example --vlan 100; `virtfn vf set --help` lists them',
        });
      }
      return makeChange(options, [{ kind: 'set-vf', pf, vfIndex, changes }], context);
    });
}

/** @throws {SriovError} MAC_ADDRESS_INVALID, VLAN_INVALID, RATE_INVALID, MTU_INVALID */
function changesOf(options: VfSetOptions): VfChanges {
  const changes: VfChanges = {};
  if (options.mac !== undefined) changes.mac = options.mac === NONE ? null : parseMacAddress(options.mac);
  if (options.vlan !== undefined || options.qos !== undefined || options.vlanProto !== undefined)
    changes.vlan = vlanOf(options);
  if (options.spoofCheck !== undefined) changes.spoofCheck = options.spoofCheck === 'on';
  if (options.trust !== undefined) changes.trust = options.trust === 'on';
  if (options.linkState !== undefined) changes.linkState = options.linkState;
  if (options.minTxRate !== undefined)
    changes.minTxRateMbps = numberOf(options.minTxRate, 'RATE_INVALID', 'rate');
  if (options.maxTxRate !== undefined)
    changes.maxTxRateMbps = numberOf(options.maxTxRate, 'RATE_INVALID', 'rate');
  if (options.mtu !== undefined) changes.mtu = numberOf(options.mtu, 'MTU_INVALID', 'MTU');
  if (options.driver !== undefined) changes.driver = options.driver;
  return changes;
}

function vlanOf({ vlan, qos, vlanProto }: VfSetOptions): Vlan | null {
  if (vlan === NONE) return null;
  if (vlan === undefined)
    throw new SriovError('VLAN_INVALID', 'Cannot set priority or protocol of a VLAN: --vlan says of which');
  return parseVlan(Number(vlan), Number(qos ?? 0), vlanProto ?? '802.1q');
}

function numberOf(text: string, code: 'MTU_INVALID' | 'RATE_INVALID', what: string): number | null {
  if (text === NONE) return null;
  if (/^\d{1,7}$/.test(text) && Number(text) > 0) return Number(text);
  throw new SriovError(code, `Cannot set ${what} "${text.slice(0, 32)}": it is not a whole number above 0`);
}
