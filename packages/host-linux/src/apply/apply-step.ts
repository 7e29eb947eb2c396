import type { HostStep } from '@virtfn/model';
import { addFdbEntry, removeFdbEntry } from './set-fdb.ts';
import { reloadDriver } from './reload-driver.ts';
import { setEswitchMode, setPfMtu, setPfUp, setVfMtu } from './set-link.ts';
import { setDriversAutoprobe, setNumVfs } from './set-num-vfs.ts';
import { setVfDriver } from './set-vf-driver.ts';
import { setVf } from './set-vf.ts';
import type { StepContext } from './step-context.ts';

/** Makes one change on this machine and reads it back. */
export function applyStep(step: HostStep, context: StepContext): Promise<void> {
  switch (step.kind) {
    case 'set-drivers-autoprobe':
      return setDriversAutoprobe(step, context);
    case 'set-num-vfs':
      return setNumVfs(step, context);
    case 'reload-driver':
      return reloadDriver(step, context);
    case 'set-eswitch-mode':
      return setEswitchMode(step, context);
    case 'set-pf-up':
      return setPfUp(step, context);
    case 'set-pf-mtu':
      return setPfMtu(step, context);
    case 'add-fdb-entry':
      return addFdbEntry(step, context);
    case 'remove-fdb-entry':
      return removeFdbEntry(step, context);
    case 'set-vf':
      return setVf(step, context);
    case 'set-vf-driver':
      return setVfDriver(step, context);
    case 'set-vf-mtu':
      return setVfMtu(step, context);
  }
}
