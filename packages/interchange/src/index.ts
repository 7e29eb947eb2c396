// What a host's PFs and VFs are, in the words of other programs, and back: NetworkManager, systemd, netplan, nmstate, and
// host.yaml itself. Pure. Must never leave out silently what the other side cannot say: that is a note.
export { EXPORT_FORMATS, type ExportFormat, exportHost } from './export-host.ts';
export { IMPORT_FORMATS, type ImportFormat, importConfig } from './import-config.ts';
export type { Translation } from './portable.ts';
