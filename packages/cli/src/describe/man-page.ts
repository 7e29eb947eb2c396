import { allCommands, type CommandTree } from './command-tree.ts';

/** Text that man prints as it is. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');
}

function usageOf({ path, arguments: given }: CommandTree): string {
  const names = given.map(({ name, isRequired }) => (isRequired ? `<${name}>` : `[${name}]`));
  return [...path, ...names].join(' ');
}

function sectionOf(tree: CommandTree): string {
  return [
    `.SS ${roff(usageOf(tree))}`,
    roff(tree.description),
    ...tree.arguments.flatMap(({ name, description, choices }) => [
      '.TP',
      `.I ${roff(name)}`,
      roff(choices.length === 0 ? description : `${description} (${choices.join(', ')})`),
    ]),
    ...tree.options
      .filter(({ long }) => long !== '--help')
      .flatMap(({ flags, description, choices }) => [
        '.TP',
        `.B ${roff(flags)}`,
        roff(choices.length === 0 ? description : `${description} (${choices.join(', ')})`),
      ]),
  ].join('\n');
}

const FILES: readonly (readonly [string, string])[] = [
  ['/etc/virtfn/host.yaml', 'what is wanted of the SR-IOV cards of this host'],
  ['/var/lib/virtfn/agent/journal.jsonl', 'whose each VF is'],
  ['/run/virtfn/agent.sock', 'where the agent takes requests, from root only'],
];

const STATUSES: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'refused or failed'],
  ['2', 'the command line or an address is wrong'],
  ['3', 'partly done'],
  ['4', 'the controller cannot be reached'],
];

const terms = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([term, text]) => `.TP\n.B ${roff(term)}\n${roff(text)}`).join('\n');

/** The page virtfn(1), in roff. */
export function formatManPage(tree: CommandTree, version: string): string {
  const commands = allCommands(tree).filter((each) => each.commands.length === 0);
  return `.TH VIRTFN 1 "" "virtfn ${roff(version)}" "User Commands"
.SH NAME
virtfn \\- ${roff(tree.description)}
.SH SYNOPSIS
.B virtfn
.I command
[\\fIargument\\fR ...] [\\fIoption\\fR ...]
.SH DESCRIPTION
virtfn turns SR\\-IOV network cards into network ports for virtual machines, and keeps them right. What is wanted of a host
stands in one file, \\fI/etc/virtfn/host.yaml\\fR; every command that changes the host can show first what it would do, and to whom
(\\fB\\-\\-dry\\-run\\fR). Nothing that a virtual machine uses is taken away unless it is named.
.SH COMMANDS
${commands.map(sectionOf).join('\n')}
.SH EXIT STATUS
${terms(STATUSES)}
.SH ENVIRONMENT
${terms([
  ['VIRTFN_ENDPOINT', 'address of the controller'],
  ['VIRTFN_TOKEN', 'token that proves to the controller who asks'],
  ['VIRTFN_ENROL_TOKEN', 'one-time token by which this machine joins a fleet'],
  ['VIRTFN_STATE_DIR', 'where state is kept, instead of /var/lib/virtfn'],
  ['NO_COLOR', 'no colours'],
])}
.SH FILES
${terms(FILES)}
.SH SEE ALSO
.BR ip\\-link (8),
.BR virsh (1)
`;
}
