import { type ConfigWrite, listConfigs, type Look, MOST_WRITES, readConfig, shown } from './config-write.ts';
import { findWrittenPfs, type ScriptStyle, writesVfs } from './script-lines.ts';

interface Place {
  /** Files, or folders whose files are read. */
  readonly paths: readonly string[];
  readonly ending: RegExp;
  readonly owner: string;
  readonly style: ScriptStyle;
  /** What makes the change of the file hold, if anything has to. */
  readonly after: string | null;
}

const ANY = /[^~]$/;

const PLACES: readonly Place[] = [
  {
    paths: ['/etc/rc.local', '/etc/rc.d/rc.local', '/etc/init.d/boot.local'],
    ending: ANY,
    owner: 'rc.local',
    style: 'shell',
    after: null,
  },
  { paths: ['/etc/init.d'], ending: ANY, owner: 'an init script', style: 'shell', after: null },
  {
    paths: ['/etc/udev/rules.d', '/run/udev/rules.d', '/usr/local/lib/udev/rules.d', '/usr/lib/udev/rules.d'],
    ending: /\.rules$/,
    owner: 'a udev rule',
    style: 'udev',
    after: 'udevadm control --reload',
  },
  {
    paths: [
      '/etc/network/interfaces',
      '/etc/network/interfaces.d',
      '/etc/network/if-pre-up.d',
      '/etc/network/if-up.d',
    ],
    ending: ANY,
    owner: 'ifupdown',
    style: 'ifupdown',
    after: null,
  },
  {
    paths: [
      '/etc/NetworkManager/dispatcher.d',
      '/etc/NetworkManager/dispatcher.d/pre-up.d',
      '/etc/networkd-dispatcher/routable.d',
      '/etc/networkd-dispatcher/configured.d',
      '/etc/networkd-dispatcher/carrier.d',
    ],
    ending: ANY,
    owner: 'a dispatcher script',
    style: 'shell',
    after: null,
  },
  { paths: ['/sbin/ifup-local'], ending: ANY, owner: 'ifup-local', style: 'shell', after: null },
  { paths: ['/etc/crontab', '/etc/cron.d'], ending: ANY, owner: 'cron', style: 'shell', after: null },
  {
    paths: ['/etc/sysfs.conf', '/etc/sysfs.d'],
    ending: /\.conf$/,
    owner: 'sysfsutils',
    style: 'sysfs.conf',
    after: null,
  },
  {
    paths: ['/etc/tmpfiles.d'],
    ending: /\.conf$/,
    owner: 'systemd-tmpfiles',
    style: 'tmpfiles',
    after: null,
  },
];

const UNITS = ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system'];
/** Units of our own. */
const OURS = /^virtfn/;
const MOST_SCRIPTS = 200;

/** Lines of scripts and rules, and of what the units of this machine's operator start. */
export function findScriptWrites(look: Look): readonly ConfigWrite[] {
  return [
    ...PLACES.flatMap((place) =>
      place.paths
        .flatMap((path) => filesAt(look, path, place.ending))
        .flatMap((file) => inFile(look, file, place.owner, place.style, place.after)),
    ),
    ...inUnits(look),
  ];
}

function filesAt(look: Look, path: string, ending: RegExp): readonly string[] {
  return look.reader.list(path) === null ? [path] : listConfigs(look, path, ending);
}

function inUnits(look: Look): readonly ConfigWrite[] {
  const units = UNITS.flatMap((folder) => [
    ...listConfigs(look, folder, /\.service$/),
    ...listConfigs(look, folder, /\.service\.d$/).flatMap((dropIns) => listConfigs(look, dropIns, /\.conf$/)),
  ]).filter((file) => !file.split('/').some((part) => OURS.test(part)));
  const seen = new Set<string>();
  return units.flatMap((unit) => {
    const owner = `the unit ${unit
      .split('/')
      .find((part) => part.includes('.service'))
      ?.replace(/\.d$/, '')}`;
    const text = readConfig(look, unit) ?? '';
    const scripts = startedScripts(text).filter((script) => !seen.has(script) && seen.size < MOST_SCRIPTS);
    for (const script of scripts) seen.add(script);
    return [
      ...inText(look, { file: unit, text, owner, style: 'shell', after: 'systemctl daemon-reload' }),
      ...scripts.flatMap((script) => inFile(look, script, owner, 'shell', null)),
    ];
  });
}

/** The scripts that a unit starts, as far as its own line names them. Programs of the distribution are left out. */
export function startedScripts(unit: string): readonly string[] {
  const lines = unit.split('\n').filter((line) => /^\s*Exec\w+\s*=/.test(line));
  const words = lines.flatMap((line) => line.replace(/^[^=]*=\s*[-@:+!]*/, '').split(/["'\s;]+/));
  return [...new Set(words)].filter((word) =>
    /^\/(?:etc|opt|root|home|srv|usr\/local|var)\/[\w./@-]+$/.test(word),
  );
}

function inFile(
  look: Look,
  file: string,
  owner: string,
  style: ScriptStyle,
  after: string | null,
): readonly ConfigWrite[] {
  const text = readConfig(look, file);
  return text === null ? [] : inText(look, { file, text, owner, style, after });
}

interface Script {
  readonly file: string;
  readonly text: string;
  readonly owner: string;
  readonly style: ScriptStyle;
  readonly after: string | null;
}

function inText({ pfs }: Look, { file, text, owner, style, after }: Script): readonly ConfigWrite[] {
  const lines = text.split('\n');
  const found = lines.flatMap((line, at) => (writesVfs(line, style) ? [{ line, at }] : []));
  return found.slice(0, MOST_WRITES).flatMap(({ line, at }) => {
    const written = findWrittenPfs(lines, at, style, pfs)?.map(({ pciAddress }) => pciAddress) ?? [null];
    const undo = `delete line ${at + 1} of ${file}${after === null ? '' : `, then \`${after}\``}`;
    return written.map((pf) => ({ owner, file, line: at + 1, text: shown(line), undo, pf }));
  });
}
