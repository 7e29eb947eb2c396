// What survives the agent: which attachment each VF belongs to, and which VFs are quarantined.
// Never a copy of the kernel's state: that is read from the kernel each time.
export { ClaimTable } from './claim-table.ts';
export { FileJournal } from './file-journal.ts';
export { MemoryJournal } from './memory-journal.ts';
export type { Claim, Journal, Quarantine } from './journal.ts';
export { MemoryOwnPorts, type OwnPortStore, withoutPort, withPort } from './own-ports.ts';
