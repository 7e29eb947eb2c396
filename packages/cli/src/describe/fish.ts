import { allCommands, type CommandTree } from './command-tree.ts';

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function linesOf(tree: CommandTree): readonly string[] {
  const names = tree.path.slice(1).join(' ');
  const when = `-n ${quote(`__virtfn_at ${names}`)}`;
  // Commands of a group stand right behind it.
  const whenNext = `-n ${quote(`__virtfn_next ${names}`)}`;
  const [first] = tree.arguments;
  return [
    ...tree.commands.map(
      (each) => `complete -c virtfn ${whenNext} -f -a ${each.path.at(-1)} -d ${quote(each.description)}`,
    ),
    ...tree.options.map(({ long, short, description, takesValue, choices }) =>
      [
        `complete -c virtfn ${when} -f`,
        ...(short === null ? [] : [`-s ${short.slice(1)}`]),
        ...(long === null ? [] : [`-l ${long.slice(2)}`]),
        ...(takesValue ? ['-r'] : []),
        ...(choices.length === 0 ? [] : [`-a ${quote(choices.join(' '))}`]),
        `-d ${quote(description)}`,
      ].join(' '),
    ),
    ...(first?.name === 'pf' ? [`complete -c virtfn ${when} -f -a '(__virtfn_pfs)' -d 'PF'`] : []),
    ...tree.arguments
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ choices, description }) =>
          `complete -c virtfn ${when} -f -a ${quote(choices.join(' '))} -d ${quote(description)}`,
      ),
  ];
}

/** A script for fish: `virtfn completion fish | source`. */
export function formatFishCompletion(tree: CommandTree): string {
  return `# fish completion of virtfn
function __virtfn_pfs
  for each in /sys/class/net/*/device/sriov_totalvfs
    string replace -r '.*/net/([^/]+)/device/.*' '$1' $each
  end
end
function __virtfn_words
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; or echo $word
  end
end
function __virtfn_next
  test (count (__virtfn_words)) -eq (count $argv); and __virtfn_at $argv
end
function __virtfn_at
  set -l path (__virtfn_words)
  set -l depth (count $argv)
  test (count $path) -ge $depth; or return 1
  for index in (seq $depth)
    test "$path[$index]" = "$argv[$index]"; or return 1
  end
end
${allCommands(tree).flatMap(linesOf).join('\n')}
`;
}
