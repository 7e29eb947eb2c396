import { LIST_PFS } from './bash.ts';
import { allCommands, type ArgumentFacts, type CommandTree, type OptionFacts } from './command-tree.ts';

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function plain(text: string): string {
  return text.replaceAll(/[[\]:]/g, ' ');
}

function valueOf({ takesValue, choices }: OptionFacts): string {
  if (!takesValue) return '';
  return choices.length === 0 ? ':value:_files' : `:value:(${choices.join(' ')})`;
}

function optionLine(option: OptionFacts): string {
  const name = option.long ?? option.short ?? '';
  return quote(`${name}[${plain(option.description)}]${valueOf(option)}`);
}

function argumentLine({ name, description, choices }: ArgumentFacts, index: number): string {
  const action = choices.length > 0 ? `(${choices.join(' ')})` : name === 'pf' ? '__virtfn_pfs' : ' ';
  return quote(`${index + 1}:${plain(description)}:${action}`);
}

function functionOf(tree: CommandTree): string {
  const name = `_${tree.path.join('_').replaceAll('-', '_')}`;
  const options = tree.options.map(optionLine);
  if (tree.commands.length === 0) {
    return `${name}() {\n  _arguments ${[...options, ...tree.arguments.map(argumentLine)].join(' ')}\n}`;
  }
  const described = tree.commands.map((each) => quote(`${each.path.at(-1)}:${plain(each.description)}`));
  const branches = tree.commands.map(
    (each) => `      ${each.path.at(-1)}) _${each.path.join('_').replaceAll('-', '_')} ;;`,
  );
  return `${name}() {
  local line state
  _arguments -C ${options.join(' ')} '1: :->command' '*::argument:->argument'
  case $state in
    command) local -a commands=(${described.join(' ')}); _describe command commands ;;
    argument)
      case $line[1] in
${branches.join('\n')}
      esac ;;
  esac
}`;
}

/** A script for zsh: put in a file `_virtfn` in a folder of `fpath`. */
export function formatZshCompletion(tree: CommandTree): string {
  return `#compdef virtfn
__virtfn_pfs() { local -a pfs=($(${LIST_PFS})); _describe PF pfs; }
${allCommands(tree).toReversed().map(functionOf).join('\n')}
compdef _virtfn virtfn
if [ "$funcstack[1]" = _virtfn ]; then _virtfn "$@"; fi
`;
}
