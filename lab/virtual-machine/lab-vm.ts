import { randomUUID } from 'node:crypto';
import { LabError } from '../lab-error.ts';
import type { LabHost } from '../lab-host.ts';
import { type CommandResult, findAnswer, formatRequest } from './command-line.ts';
import { commandSocketOf, consoleLogOf, formatDomain, type VmDefinition } from './definition.ts';

/** How a virtual machine differs from others. */
type VmOptions = Partial<Pick<VmDefinition, 'devices' | 'kernelArguments'>>;

interface CommandOptions {
  /** After this the command is killed in the machine. Default: 30 s. */
  readonly limitSeconds?: number;
}

/** What virsh may take when the machine outside is busy with other things. */
const virshTimeoutMs = 120_000;

/** How long a machine may take from its start until it answers. With KVM it takes 20 s, and 95 s where all is emulated twice. */
const bootMilliseconds = 240_000;

/**
 * A virtual machine inside a lab host, under the host's libvirt. It is found on whichever host it runs, so that it can be driven
 * through a migration. `prepareHosts` must have been there before.
 */
export class LabVm {
  readonly name: string;
  readonly #hosts: readonly [LabHost, ...LabHost[]];
  #host: LabHost;

  /** @param hosts where it may be; the first is where it is defined */
  constructor(name: string, hosts: readonly [LabHost, ...LabHost[]]) {
    if (!/^[a-z][a-z0-9-]*$/.test(name))
      throw new LabError(`Cannot name a virtual machine "${name}": use a-z, 0-9 and -`);
    this.name = name;
    this.#hosts = hosts;
    this.#host = hosts[0];
  }

  /** Where it was when last asked. */
  get host(): LabHost {
    return this.#host;
  }

  /** Makes its definition on the first host, or another one for its next start. */
  async define({ devices = [], kernelArguments = [] }: VmOptions = {}): Promise<void> {
    const type = await chooseDomainType(this.#host);
    const xml = formatDomain({ name: this.name, type, devices, kernelArguments });
    await this.#withFile(xml, (file) => this.virsh('define', file));
  }

  /** Starts it, and waits until it answers. */
  async start(): Promise<void> {
    await this.virsh('start', this.name);
    await this.waitUntilAnswers();
  }

  /** Defines and starts it. */
  async create(options: VmOptions = {}): Promise<void> {
    await this.define(options);
    await this.start();
  }

  /** @throws {LabError} with the end of its console when it does not answer in time */
  async waitUntilAnswers(): Promise<void> {
    const deadline = performance.now() + bootMilliseconds;
    // The port forgets what it got before the machine opened it.
    while (performance.now() < deadline) {
      const answer = await this.#ask('true', { limitSeconds: 10, patienceMs: 2_000 }).catch(() => null);
      if (answer !== null) return;
    }
    const log = await this.#host.exec(['tail', '-n', '15', consoleLogOf(this.name)]);
    throw new LabError(`Cannot use the virtual machine ${this.name}: it does not answer\n${log.stdout}`);
  }

  /** Runs a shell script in the machine, whatever its status: 137 after the time limit. Scripts run one after the other. */
  async exec(script: string, { limitSeconds = 30 }: CommandOptions = {}): Promise<CommandResult> {
    // The answer goes over the line at about 2 kB/s.
    const terms = { limitSeconds, patienceMs: limitSeconds * 1000 + 20_000 };
    try {
      return await this.#ask(script, terms);
    } catch (error) {
      // It may have moved since, and then it has not got the script. An answer that was lost is nobody's.
      if (!(error instanceof NobodyListens)) throw error;
      if ((await this.find()) === null) throw error;
      return await this.#ask(script, terms);
    }
  }

  /** Runs a shell script that must succeed, and gives what it says. @throws {LabError} with what it said */
  async run(script: string, options: CommandOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.exec(script, options);
    if (status === 0) return stdout;
    const said = `${stdout}${stderr}`.trimEnd();
    throw new LabError(`Cannot run "${script}" in ${this.name}: it ended with ${status}\n${said}`);
  }

  /** Gives the device with this MAC its address, `10.9.0.1/24`, now or when it comes: a device that is plugged in again has it, too. */
  async giveAddress(mac: string, address: string): Promise<void> {
    await this.run(`give-address ${mac.toLowerCase()} ${address}`);
  }

  /** Finds the host on which it runs, or is paused; null when it is on none. */
  async find(): Promise<LabHost | null> {
    for (const host of this.#hosts) {
      const { stdout } = await host.exec(['virsh', 'domstate', this.name], { timeoutMs: virshTimeoutMs });
      if (!/^(running|paused)/.test(stdout)) continue;
      this.#host = host;
      return host;
    }
    return null;
  }

  /** Runs virsh on the host where the machine is. @throws {LabError} with what it said */
  async virsh(...args: readonly string[]): Promise<string> {
    return await this.#host.run(['virsh', ...args], { timeoutMs: virshTimeoutMs });
  }

  /** Plugs a device in, as libvirt describes it in XML, while the machine runs. */
  async attachDevice(xml: string): Promise<void> {
    await this.#withFile(xml, (file) => this.virsh('attach-device', this.name, file, '--live'));
  }

  /** Asks the machine to let a device go. It may do so later, or never: what virsh says is no proof. */
  async detachDevice(xml: string): Promise<void> {
    await this.#withFile(xml, (file) => this.virsh('detach-device', this.name, file, '--live'));
  }

  /**
   * From now on the machine runs on, and takes no notice when a device is plugged in or out: it is deaf to the interrupt by which
   * ACPI tells it. `false` makes it hear again, also what it was told meanwhile.
   */
  async ignoreHotPlug(isDeaf: boolean): Promise<void> {
    await this.run(`echo ${isDeaf ? 'mask' : 'unmask'} > /sys/firmware/acpi/interrupts/gpe01`);
  }

  /** Ends it at once on every host, and removes its definitions. Idempotent. */
  async remove(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => this.#removeFrom(host)));
    [this.#host] = this.#hosts;
  }

  async #removeFrom(host: LabHost): Promise<void> {
    // Each fails where there is nothing to do.
    for (const verb of ['destroy', 'undefine'])
      await host.exec(['virsh', verb, this.name], { timeoutMs: virshTimeoutMs });
    const left = await host.run(['virsh', 'list', '--all', '--name'], { timeoutMs: virshTimeoutMs });
    if (left.split('\n').includes(this.name))
      throw new LabError(`Cannot remove the virtual machine ${this.name}: ${host.name} still has it`);
  }

  async #withFile<T>(content: string, work: (file: string) => Promise<T>): Promise<T> {
    const file = `/tmp/${this.name}.${randomUUID()}.xml`;
    await this.#host.run(['bash', '-c', 'cat > "$0"', file], { stdin: content });
    try {
      return await work(file);
    } finally {
      await this.#host.run(['rm', file]);
    }
  }

  /** Sends a script to the machine's second serial port, and waits for its answer. */
  async #ask(
    script: string,
    { limitSeconds, patienceMs }: { readonly limitSeconds: number; readonly patienceMs: number },
  ): Promise<CommandResult> {
    const socket = commandSocketOf(this.name);
    const line = await this.#host.start(['socat', '-', `UNIX-CONNECT:${socket}`]);
    const id = randomUUID();
    const answered = Promise.withResolvers<CommandResult>();
    const errors: Buffer[] = [];
    let said = '';
    line.onStdout((data) => {
      said += data.toString('latin1');
      const answer = findAnswer(id, said);
      if (answer !== null) answered.resolve(answer);
    });
    line.onStderr((data) => errors.push(data));
    const cut = line.ended.then((status): never => {
      const state = `the line to it is cut (${status}) ${Buffer.concat(errors).toString().trim()}`;
      const message = `Cannot run "${script}" in ${this.name}: ${state}`;
      throw errors.length > 0 ? new NobodyListens(message) : new LabError(message);
    });
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new LabError(`Cannot run "${script}" in ${this.name}: no answer`)),
      patienceMs,
    );
    try {
      line.write(Buffer.from(formatRequest(id, script, limitSeconds)));
      return await Promise.race([answered.promise, cut, late.promise]);
    } finally {
      clearTimeout(timer);
      line.kill('SIGTERM');
      await line.ended;
    }
  }
}

/** There is no machine at the socket, so nothing was sent to any. */
class NobodyListens extends LabError {}

/**
 * KVM in the lab host where it has it: an emulated processor has one, too, and it is ten times faster than to emulate twice.
 * libvirt has tried; that there is a /dev/kvm proves nothing.
 */
async function chooseDomainType(host: LabHost): Promise<VmDefinition['type']> {
  const ask = ['virsh', 'domcapabilities', '--virttype', 'kvm'];
  const { status } = await host.exec(ask, { timeoutMs: virshTimeoutMs });
  return status === 0 ? 'kvm' : 'qemu';
}
