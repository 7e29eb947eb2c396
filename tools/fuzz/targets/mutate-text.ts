import type { Random } from '../../../packages/netlink/src/fuzz/mutate.ts';

/** Values at which parsers of numbers, YAML and INI files go wrong. */
const edges = [
  '',
  ' ',
  '0',
  '-0',
  '-1',
  '1e9',
  '0x10',
  '010',
  '4294967296',
  '99999999999999999999',
  '.inf',
  '.nan',
  'null',
  '~',
  'true',
  'no',
  '[]',
  '{}',
  '[[[[',
  '{a: {a: {a: b}}}',
  '&a [*a, *a]',
  '*a',
  '<<: *a',
  '? x',
  '!!binary aGk=',
  '!!js/function',
  '"',
  "'",
  '|',
  '>-',
  '---',
  '...',
  '%YAML 1.1',
  '#',
  '\t',
  '\0',
  '\u00a0',
  '\u2028',
  '\ufeff',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  'a/b~1',
  '00:00:00:00:00:00',
  '0000:00:00.0',
];
const characters = [
  '\n',
  ' ',
  ':',
  '-',
  '=',
  '[',
  ']',
  '{',
  '}',
  '"',
  '#',
  '&',
  '*',
  '0',
  '9',
  'a',
  '\r',
  '~',
];

type Mutation = (text: string, random: Random, other: string) => string;

function lineAt(lines: readonly string[], random: Random): number {
  return random.below(lines.length);
}

/** A mutation of the list of lines. */
function ofLines(change: (lines: string[], random: Random, other: string) => void): Mutation {
  return (text, random, other) => {
    const lines = text.split('\n');
    change(lines, random, other);
    return lines.join('\n');
  };
}

const mutations: readonly Mutation[] = [
  ofLines((lines, random) => void lines.splice(lineAt(lines, random), 1)),
  ofLines((lines, random) => {
    const at = lineAt(lines, random);
    lines.splice(at, 0, ...lines.slice(at, at + 1 + random.below(3)));
  }),
  ofLines((lines, random) => {
    const [from, to] = [lineAt(lines, random), lineAt(lines, random)];
    lines.splice(to, 0, ...lines.splice(from, 1));
  }),
  ofLines((lines, random) => {
    const at = lineAt(lines, random);
    const line = lines[at] ?? '';
    lines[at] =
      random.below(2) === 0 ? `${' '.repeat(1 + random.below(3))}${line}` : line.replace(/^ {1,2}/, '');
  }),
  ofLines((lines, random, other) => {
    const others = other.split('\n');
    const from = random.below(others.length);
    lines.splice(lineAt(lines, random), 0, ...others.slice(from, from + 1 + random.below(4)));
  }),
  function replaceValue(text, random) {
    const words = [...text.matchAll(/[^\s:=,[\]{}]+/g)];
    const word = words[random.below(Math.max(1, words.length))];
    if (word === undefined) return random.pick(edges);
    const value = random.below(3) === 0 ? random.pick(words)[0] : random.pick(edges);
    return text.slice(0, word.index) + value + text.slice(word.index + word[0].length);
  },
  function replaceNumber(text, random) {
    const numbers = [...text.matchAll(/\d+/g)];
    const found = numbers[random.below(Math.max(1, numbers.length))];
    if (found === undefined) return text;
    const value = random.below(2) === 0 ? random.below(10) : random.below(70_000);
    return text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
  },
  function setCharacter(text, random) {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(characters) + text.slice(at + random.below(2));
  },
  function insertEdge(text, random) {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(edges) + text.slice(at);
  },
  function truncate(text, random) {
    return text.slice(0, random.below(text.length + 1));
  },
];

/** `text` with one to four things wrong; `other` is another text to take lines from. */
export function mutateText(text: string, random: Random, other: string): string {
  let result = text;
  for (let count = 1 + random.below(4); count > 0; count--) {
    result = random.pick(mutations)(result, random, other);
  }
  return result;
}
