import { allCommands, type CommandTree } from './command-tree.ts';

/** Interfaces that are PFs, by sysfs itself: an answer in no time, without starting virtfn. */
export const LIST_PFS =
  'for each in /sys/class/net/*/device/sriov_totalvfs; do [ -e "$each" ] && each=${each%/device/*} && echo "${each##*/}"; done';

/** What may stand where an argument of this name is wanted. */
function wordsFor(name: string, choices: readonly string[]): string {
  if (choices.length > 0) return choices.join(' ');
  return name === 'pf' ? '$(__virtfn_pfs)' : '';
}

function caseOf(tree: CommandTree): string {
  const key = tree.path.slice(1).join(' ');
  const flags = tree.options.flatMap(({ long, short }) => [long, short]).filter((flag) => flag !== null);
  const values = tree.options.filter(({ takesValue }) => takesValue);
  const [first, second, third] = tree.arguments;
  const positions = [first, second, third].map((argument) =>
    argument === undefined ? '' : wordsFor(argument.name, argument.choices),
  );
  const lines = [
    `    "${key}")`,
    `      flags="${flags.join(' ')}"`,
    `      commands="${tree.commands.map((each) => each.path.at(-1)).join(' ')}"`,
    `      positions=("${positions.join('" "')}")`,
    `      values="${values.map(({ long, short }) => long ?? short).join(' ')}"`,
  ];
  const choices = values.filter((option) => option.choices.length > 0);
  if (choices.length > 0) {
    lines.push('      case "$before" in');
    for (const { long, choices: each } of choices)
      lines.push(`        ${long}) answers="${each.join(' ')}" ;;`);
    lines.push('      esac');
  }
  return [...lines, '      ;;'].join('\n');
}

/** A script for bash: `source <(virtfn completion bash)`. */
export function formatBashCompletion(tree: CommandTree): string {
  return `# bash completion of virtfn
__virtfn_pfs() { ${LIST_PFS}; }
__virtfn() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local path="" count=0 flags="" commands="" values="" answers="" skip="" positions=() index
  __virtfn_facts "" "$before"
  for ((index = 1; index < COMP_CWORD; index++)); do
    local each=\${COMP_WORDS[index]}
    if [[ -n $skip ]]; then skip=""; continue; fi
    if [[ $each == -* ]]; then
      [[ " $values " == *" $each "* ]] && skip=yes
    elif [[ " $commands " == *" $each "* ]]; then
      path="\${path:+$path }$each"
      __virtfn_facts "$path" "$before"
    else
      count=$((count + 1))
    fi
  done
  if [[ -n $skip ]]; then
    if [[ -n $answers ]]; then COMPREPLY=($(compgen -W "$answers" -- "$word"))
    else COMPREPLY=($(compgen -f -- "$word")); fi
  elif [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word"))
  elif [[ -n $commands ]]; then COMPREPLY=($(compgen -W "$commands" -- "$word"))
  else COMPREPLY=($(compgen -W "\${positions[count]}" -- "$word")); fi
}
__virtfn_facts() {
  local before=$2
  answers="" commands="" flags="" values="" positions=()
  case "$1" in
${allCommands(tree).map(caseOf).join('\n')}
  esac
}
complete -F __virtfn virtfn
`;
}
