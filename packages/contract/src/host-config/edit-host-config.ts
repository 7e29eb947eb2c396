import {
  getPfByName,
  type HostConfig,
  isPfMatch,
  type ObservedHost,
  type PhysicalFunction,
  SriovError,
} from '@virtfn/model';
import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { HostConfigEdit, VfChanges } from '../host-program/index.ts';
import { parseHostConfig } from './parse-host-config.ts';

const EMPTY = 'version: 1\npfs: []\n';

/**
 * Makes changes in the text of `host.yaml`. What is not changed stays as it was written, comments too.
 *
 * @param text null: there is no file yet
 * @param file as it is called in errors
 * @param observed the machine that the file is for: it tells which PF is meant
 * @returns the new text, which parses
 * @throws {SriovError} CONFIG_INVALID, PF_UNKNOWN, DESIRED_CONFLICT, REQUEST_INVALID
 */
export function editHostConfig(
  text: string | null,
  file: string,
  edits: readonly HostConfigEdit[],
  observed: ObservedHost,
): string {
  let current = text;
  for (const edit of edits) {
    current = applyEdit(current ?? EMPTY, file, edit, observed);
    // An error of an edit is told where it stands, and nothing is written.
    parseHostConfig(current, file);
  }
  return current ?? EMPTY;
}

function applyEdit(text: string, file: string, edit: HostConfigEdit, observed: ObservedHost): string {
  const document = parseDocument(text);
  const config = parseHostConfig(text, file);
  const pf = getPfByName(observed, edit.pf);
  const found = findEntry(config, pf, observed);
  if (found === null && edit.kind === 'close-vf') return refuseToClose(pf, edit.vfIndex, file);
  const entry = found ?? addEntry(document, pf, edit);
  if (edit.kind === 'set-num-vfs') setNumVfs(document, entry, edit.numVfs);
  else editVf(document, entry, edit);
  return document.toString({ lineWidth: 0 });
}

function refuseToClose(pf: PhysicalFunction, vfIndex: number, file: string): never {
  throw new SriovError(
    'REQUEST_INVALID',
    `Cannot close VF ${vfIndex} of PF ${pf.pciAddress}: ${file} does not speak of this PF`,
    { hint: 'virtfn closes what it keeps; `virtfn pf set-vfs` puts a PF into its care' },
  );
}

/** The number of the entry that means this PF and no other. @throws {SriovError} DESIRED_CONFLICT */
function findEntry(config: HostConfig, pf: PhysicalFunction, observed: ObservedHost): number | null {
  const index = config.pfs.findIndex((entry) => isPfMatch(entry.match, pf));
  const entry = config.pfs[index];
  if (entry === undefined) return null;
  const others = observed.pfs.filter(
    (each) => each.pciAddress !== pf.pciAddress && isPfMatch(entry.match, each),
  );
  if (others.length === 0) return index;
  throw new SriovError(
    'DESIRED_CONFLICT',
    `Cannot change PF ${pf.pciAddress} alone: its entry in host.yaml also means ${others.map((each) => each.pciAddress).join(', ')}`,
    {
      hint: 'Give each PF an entry of its own in host.yaml, or change the file by hand to change all of them',
    },
  );
}

/** A new entry that leaves all that is there as it is: VFs that nobody spoke of are not ours to close. */
function addEntry(document: Document, pf: PhysicalFunction, edit: HostConfigEdit): number {
  const reserved =
    edit.kind === 'set-num-vfs'
      ? []
      : pf.vfs.map(({ vfIndex }) => vfIndex).filter((each) => each !== edit.vfIndex);
  const entry = document.createNode({
    match: { pciAddress: pf.pciAddress },
    numVfs: pf.numVfs,
    ...(reserved.length === 0 ? {} : { reservedVfs: reserved }),
  });
  for (const { value } of entry.items) inOneLine(value);
  const pfs: unknown = document.get('pfs');
  if (!isSeq(pfs)) {
    document.set('pfs', document.createNode([entry]));
    return 0;
  }
  if (pfs.items.length === 0) pfs.flow = false;
  pfs.add(entry);
  return pfs.items.length - 1;
}

function editVf(
  document: Document,
  entry: number,
  edit: Exclude<HostConfigEdit, { kind: 'set-num-vfs' }>,
): void {
  const vfsAt = ['pfs', entry, 'vfs'];
  const found: unknown = document.getIn(vfsAt);
  const at = isSeq(found) ? found.items.findIndex((vf) => isMap(vf) && vf.get('index') === edit.vfIndex) : -1;
  if (edit.kind === 'close-vf') {
    if (at !== -1) document.deleteIn([...vfsAt, at]);
    return;
  }
  freeFromReserved(document, entry, edit.vfIndex);
  if (!isSeq(found)) document.setIn(vfsAt, document.createNode([]));
  let index = at;
  if (index === -1) {
    document.addIn(vfsAt, document.createNode({ index: edit.vfIndex }));
    const vfs: unknown = document.getIn(vfsAt);
    if (isSeq(vfs) && vfs.items.length === 1) vfs.flow = false;
    index = isSeq(vfs) ? vfs.items.length - 1 : 0;
  }
  for (const field of Object.keys(edit.changes) as (keyof VfChanges)[]) {
    const value = edit.changes[field];
    const path = [...vfsAt, index, field];
    if (value === null || value === undefined) document.deleteIn(path);
    else document.setIn(path, field === 'vlan' ? vlanNode(document, edit.changes.vlan) : value);
  }
}

/** VFs that there will be no more lose their lines: whoever asks for fewer asks for that. */
function setNumVfs(document: Document, entry: number, numVfs: number): void {
  document.setIn(['pfs', entry, 'numVfs'], numVfs);
  for (const [list, indexOf] of [
    ['vfs', (item: unknown) => (isMap(item) ? item.get('index') : null)],
    ['reservedVfs', (item: unknown) => (isScalar(item) ? item.value : null)],
  ] as const) {
    const found: unknown = document.getIn(['pfs', entry, list]);
    if (!isSeq(found)) continue;
    const kept = found.items.filter((item) => Number(indexOf(item)) < numVfs);
    if (kept.length === found.items.length) continue;
    if (kept.length === 0) document.deleteIn(['pfs', entry, list]);
    else found.items = kept;
  }
}

/** Whoever sets a VF takes it into virtfn's care. */
function freeFromReserved(document: Document, entry: number, vfIndex: number): void {
  const path = ['pfs', entry, 'reservedVfs'];
  const reserved: unknown = document.getIn(path);
  if (!isSeq(reserved)) return;
  const at = reserved.items.findIndex((_, index) => reserved.get(index) === vfIndex);
  if (at === -1) return;
  if (reserved.items.length === 1) document.deleteIn(path);
  else document.deleteIn([...path, at]);
}

/** A VLAN as people write it: its number, where that says all. */
function vlanNode(document: Document, vlan: VfChanges['vlan']): unknown {
  if (vlan === null || vlan === undefined) return null;
  if (vlan.qos === 0 && vlan.proto === '802.1q') return vlan.id;
  const node = document.createNode(vlan);
  inOneLine(node);
  return node;
}

function inOneLine(node: unknown): void {
  if (isMap(node) || isSeq(node)) node.flow = true;
}
