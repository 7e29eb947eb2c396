/** What the files of one package may import. Test files and main.ts may import any package of the workspace. */
export interface PackageRow {
  /** Folders under packages/. */
  readonly packages: readonly string[];
  /** npm packages. */
  readonly dependencies: readonly string[];
  /**
   * Where modules that touch the operating system may be imported: files or folders under src/, without suffix
   * ('store' is src/store.ts and src/store/**). `anywhere` for packages whose whole purpose it is.
   */
  readonly touchesSystem: readonly string[] | 'anywhere';
  /**
   * Files or folders under src/ that hold what several tests share. They may import what tests may, and only tests may
   * import them: node:test in a program would start a test run.
   */
  readonly forTests?: readonly string[];
}

export type ImportTable = Readonly<Record<string, PackageRow>>;

/**
 * The architecture, as data: one row per folder in packages/. The rules that hold for every row stand beside it below.
 * A new package starts with its row here; a new arrow between packages is a decision, argued in docs/adr/.
 */
export const importTable: ImportTable = {
  model: { packages: [], dependencies: [], touchesSystem: [] },
  contract: {
    packages: ['model'],
    dependencies: ['typebox', 'yaml'],
    touchesSystem: ['client/agent-socket', 'client/begin-request'],
    forTests: ['agent-link/testing', 'host-program/testing'],
  },
  // Other programs' configuration files. Text in, text out.
  interchange: { packages: ['model'], dependencies: ['yaml'], touchesSystem: [] },
  // A library of its own. Decoding is pure; a daemon's socket is in one folder, the program virsh in another.
  libvirt: {
    packages: [],
    dependencies: [],
    touchesSystem: ['connection', 'virsh'],
    forTests: ['codec/captured', 'contract', 'fuzz', 'testing'],
  },
  // A library of its own. Decoding is pure; koffi is imported in one file.
  netlink: {
    packages: [],
    dependencies: ['koffi'],
    touchesSystem: ['socket'],
    forTests: ['codec/captured', 'codec/rtnetlink/vf-bytes', 'fuzz', 'socket/fake-kernel'],
  },
  host: { packages: ['model'], dependencies: [], touchesSystem: [], forTests: ['contract'] },
  'host-linux': {
    packages: ['host', 'libvirt', 'model', 'netlink'],
    dependencies: ['@rgrove/parse-xml'],
    touchesSystem: 'anywhere',
    forTests: ['packet-filters/testing', 'testing'],
  },
  'host-simulator': {
    packages: ['host', 'model'],
    dependencies: [],
    touchesSystem: [],
    forTests: ['veb/switch-cases'],
  },
  agent: {
    packages: ['contract', 'host', 'model'],
    dependencies: [],
    touchesSystem: ['journal', 'system-clock'],
    forTests: ['domains/mortal-rig', 'domains/walk-config', 'reconcile/walk-rig'],
  },
  // The agent on a real machine: wires agent and host-linux to files, socket and supervisor.
  'host-program': {
    packages: ['agent', 'contract', 'host', 'host-linux', 'model', 'web-files'],
    dependencies: ['typebox', 'ws'],
    touchesSystem: 'anywhere',
    forTests: ['link/memory-backend'],
  },
  controller: {
    packages: ['contract', 'model', 'web-files'],
    dependencies: ['fastify', 'ipaddr.js', 'kysely', 'pg', 'typebox', 'ws'],
    touchesSystem: ['store', 'http', 'housekeeping'],
    forTests: ['testing', 'neutron/replay', 'neutron/testing'],
  },
  // A controller as a program: wires it to files, signals and supervisor.
  'controller-program': {
    packages: ['contract', 'controller', 'host-program', 'model', 'web-files'],
    dependencies: [],
    touchesSystem: 'anywhere',
    forTests: ['testing'],
  },
  // No file, socket or child process of its own: main.ts hands them in, and HTTP goes through contract's client.
  cli: { packages: ['contract', 'interchange', 'model'], dependencies: ['commander'], touchesSystem: [] },
  // The dashboard, in a browser: it asks the API as everybody does.
  web: {
    packages: ['contract', 'model'],
    dependencies: ['@preact/signals', 'preact', 'uplot', 'wouter-preact'],
    touchesSystem: [],
  },
  // What the dashboard is once it is made: whoever serves it reads the files from here.
  'web-files': { packages: [], dependencies: [], touchesSystem: 'anywhere' },
  // The all-in-one program: it wires everything together and does nothing itself.
  up: {
    packages: [
      'agent',
      'contract',
      'controller',
      'host',
      'host-linux',
      'host-program',
      'host-simulator',
      'model',
      'web-files',
    ],
    dependencies: [],
    touchesSystem: [],
  },
};

/** Modules of Node that compute and touch nothing. Clocks and timers are not among them: time is handed in. */
export const pureNodeModules: ReadonlySet<string> = new Set([
  'node:assert',
  'node:assert/strict',
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:diagnostics_channel',
  'node:events',
  'node:path',
  'node:path/posix',
  'node:stream',
  'node:string_decoder',
  'node:url',
  'node:util',
]);

/** What only tests may import. */
export const testModules: ReadonlySet<string> = new Set(['node:test', 'fast-check']);
