import { SriovError } from '@virtfn/model';
import { Command, CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import {
  addAgentEnrol,
  addAgentList,
  addAgentRun,
  addAgentStatus,
  addAgentToken,
  addApply,
  addAttach,
  addAttachmentList,
  addAudit,
  addCompletion,
  addControllerAddUser,
  addControllerBackup,
  addControllerCheckConfig,
  addControllerRestore,
  addControllerRun,
  addDetach,
  addDiff,
  addDoctor,
  addEvents,
  addExport,
  addFindingList,
  addHostList,
  addHostRemove,
  addHostShow,
  addImport,
  addMan,
  addMigrate,
  addMigrationCancel,
  addMigrationList,
  addNetworkCommands,
  addNicList,
  addNicShow,
  addPfList,
  addPfSetVfs,
  addPlan,
  addPortCommands,
  addPortExplain,
  addQosCommands,
  addSubnetCommands,
  addTokenCreate,
  addTokenList,
  addTokenRevoke,
  addUp,
  addVfClose,
  addVfDriver,
  addVfDumpxml,
  addVfList,
  addVfRelease,
  addVfSet,
  addVfShow,
  addVmList,
  addWatch,
} from './commands/index.ts';
import { paint } from './output/index.ts';

/** Exit statuses that scripts rely on. */
const EXIT = { done: 0, failed: 1, usage: 2, partly: 3, unreachable: 4 } as const;

function createProgram(context: CommandContext, version: string): Command {
  const program = new Command('virtfn')
    .description('SR-IOV network cards as network ports for virtual machines')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .configureOutput({
      writeOut: (text) => context.terminal.out(text.replace(/\n$/, '')),
      writeErr: (text) => context.terminal.err(text.replace(/\n$/, '')),
    })
    .showSuggestionAfterError()
    .exitOverride();
  addUp(program, context);
  addPlan(program, context);
  addApply(program, context);
  addDiff(program, context);
  addDoctor(program, context);
  addWatch(program, context);
  addExport(program, context);
  addImport(program, context);
  const nic = program.command('nic').description('SR-IOV cards: PFs and VFs');
  addNicList(nic, context);
  addNicShow(nic, context);
  const pf = program.command('pf').description('Physical functions');
  addPfList(pf, context);
  addPfSetVfs(pf, context);
  const vf = program.command('vf').description('Virtual functions');
  addVfList(vf, context);
  addVfShow(vf, context);
  addVfSet(vf, context);
  addVfDriver(vf, context);
  addVfClose(vf, context);
  addVfRelease(vf, context);
  addVfDumpxml(vf, context);
  const vm = program.command('vm').description('Virtual machines of this host');
  addVmList(vm, context);
  addAttach(program, context);
  addDetach(program, context);
  addMigrate(program, context);
  const migration = program.command('migration').description('Virtual machines on their way to another host');
  addMigrationList(migration, context);
  addMigrationCancel(migration, context);
  const host = program.command('host').description('Hosts with an agent');
  addHostList(host, context);
  addHostShow(host, context);
  addHostRemove(host, context);
  const finding = program.command('finding').description('What stands out about hosts');
  addFindingList(finding, context);
  const attachment = program.command('attachment').description('VFs that ports have');
  addAttachmentList(attachment, context);
  addAudit(program, context);
  addEvents(program, context);
  const agent = program.command('agent').description('The agent of this machine');
  addAgentRun(agent, context);
  addAgentEnrol(agent, context);
  addAgentStatus(agent, context);
  addAgentToken(agent, context);
  addAgentList(agent, context);
  addNetworkCommands(program.command('network').description('Networks'), context);
  addSubnetCommands(program.command('subnet').description('Subnets: the addresses of networks'), context);
  const port = program.command('port').description('Ports of networks');
  addPortCommands(port, context);
  addPortExplain(port, context);
  addQosCommands(program.command('qos').description('QoS policies: rates of ports'), context);
  const controller = program.command('controller').description('A controller on this machine');
  addControllerRun(controller, context);
  addControllerCheckConfig(controller, context);
  addControllerAddUser(controller, context);
  addControllerBackup(controller, context);
  addControllerRestore(controller, context);
  const token = program.command('token').description('Tokens of a controller on this machine');
  addTokenCreate(token, context);
  addTokenList(token, context);
  addTokenRevoke(token, context);
  addCompletion(program, context);
  addMan(program, context, version);
  return program;
}

/** Runs one command line. @returns its exit status */
export async function runProgram(
  args: readonly string[],
  context: CommandContext,
  version: string,
): Promise<number> {
  let status: number = EXIT.done;
  const program = createProgram({ ...context, exitWith: (wanted) => (status = wanted) }, version);
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    return statusOf(error, context);
  }
}

function statusOf(error: unknown, { terminal }: CommandContext): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof SriovError) {
    terminal.err(`${paint(terminal, 'red', 'error')}: ${error.message} (${error.code})\n${error.hint}`);
    if (error.code === 'CONTROLLER_UNREACHABLE') return EXIT.unreachable;
    return error.code.endsWith('_INVALID') ? EXIT.usage : EXIT.failed;
  }
  throw error;
}
