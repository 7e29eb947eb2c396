import { type Finding, finding, type PciAddress } from '@virtfn/model';
import type { Facts } from '../facts/index.ts';
import { moduleName } from '../facts/modules.ts';
import { quote } from '../quote.ts';
import type { Check } from './check.ts';
import { describeFunction } from './describe-functions.ts';
import { hintInitramfs, hintKernelArguments } from './hints.ts';

const CODE = 'driver-blacklisted';
const VFIO = 'vfio_pci';

/** Finds modules that a card without driver, or VFIO, needs and that may not be loaded. */
export const driverBlacklisted: Check = {
  code: CODE,
  hiddenBy: [],
  run: (facts) => [
    ...facts.networkFunctions
      .filter(({ driver, totalVfs }) => driver === null && totalVfs !== null && totalVfs > 0)
      .flatMap((each) => judge(facts, each.modules, describeFunction(each), each.pciAddress)),
    ...(facts.vfio.isLoaded ? [] : judge(facts, [VFIO], 'giving VFs to virtual machines', null)),
  ],
};

function judge(
  { blacklistings, distribution }: Facts,
  modules: readonly string[],
  purpose: string,
  pf: PciAddress | null,
): readonly Finding[] {
  const names = new Set(modules.map(moduleName));
  const found = blacklistings.find(({ module }) => names.has(module));
  if (found === undefined) return [];
  const { module, file, line, text } = found;
  const place = line === null ? 'the kernel command line' : `${file}:${line}`;
  const hint =
    line === null
      ? hintKernelArguments(distribution, { remove: [text], add: withoutModule(text, module) })
      : `\`sed -i '${line}d' ${quote(file)} && ${hintInitramfs(distribution)} && modprobe ${module}\``;
  return [
    finding(
      CODE,
      `Module ${module} may not be loaded by ${place}: \`${text}\`. It is for: ${purpose}.`,
      hint,
      pf,
    ),
  ];
}

/** What is left of `module_blacklist=a,b` when one may be loaded. */
function withoutModule(argument: string, module: string): readonly string[] {
  const [key = '', list = ''] = argument.split('=');
  const left = list.split(',').filter((each) => moduleName(each) !== module);
  return left.length === 0 ? [] : [`${key}=${left.join(',')}`];
}
