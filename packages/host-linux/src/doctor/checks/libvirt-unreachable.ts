import { finding } from '@virtfn/model';
import type { Check } from './check.ts';

const CODE = 'libvirt-unreachable';

/** Finds libvirt installed and nobody listening on its socket. */
export const libvirtUnreachable: Check = {
  code: CODE,
  hiddenBy: ['no-sriov-card'],
  run({ libvirt: { daemon, isListening } }) {
    if (daemon === null || isListening !== false) return [];
    const socket = daemon === 'virtqemud' ? 'virtqemud-sock' : 'libvirt-sock';
    return [
      finding(
        CODE,
        `${daemon} is installed, but no process listens on /run/libvirt/${socket}.`,
        `\`systemctl enable --now ${daemon}.socket\`; \`journalctl -u ${daemon}\` shows why it stopped`,
      ),
    ];
  },
};
