import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSriovError } from '@virtfn/model';
import { gatherFacts, LinuxHostReader, MachineExaminer, readMachine, runDoctor } from '../index.ts';
import { layOutTree, readFixture } from '../testing/tree-loader.ts';
import { hostIdOf } from '../look/read-machine.ts';
import { KernelThread } from './index.ts';

test('LinuxHostReader.observe() shows in its thread what readMachine() reads', async (t) => {
  const root = layOutTree(t, readFixture('switchdev'));
  const reader = new LinuxHostReader({ root });
  assert.equal(reader.hostId, 'rack7.example.org');
  const looks = await Promise.all([reader.observe(), reader.observe()]);
  for (const look of looks) assert.deepEqual(look, readMachine(root));
});

test('MachineExaminer finds in its thread what the doctor finds', async (t) => {
  const root = layOutTree(t, readFixture('container'));
  assert.deepEqual(await new MachineExaminer(root).examine(), runDoctor(gatherFacts(root)));
});

test('LinuxHostReader.watch() can be stopped', (t) => {
  const stop = new LinuxHostReader({ root: layOutTree(t, readFixture('container')) }).watch(() => {});
  stop();
});

const JOB = { kind: 'look', root: '/' } as const;
const program = (source: string): URL => new URL(`data:text/javascript,${encodeURIComponent(source)}`);

test('KernelThread gives up a job that hangs, and does not pile up more behind it', async () => {
  const thread = new KernelThread(
    program("process.getBuiltinModule('worker_threads').parentPort.on('message', () => {})"),
  );
  for (let look = 0; look < 10; look += 1) {
    await assert.rejects(thread.run(JOB, 'look', 20), (error) => isSriovError(error, 'STEP_TIMEOUT'));
  }
});

test('KernelThread starts again after its thread has ended', async () => {
  const thread = new KernelThread(
    program("process.getBuiltinModule('worker_threads').parentPort.on('message', () => process.exit())"),
  );
  for (let look = 0; look < 3; look += 1) {
    await assert.rejects(thread.run(JOB, 'look', 10_000), (error) => isSriovError(error, 'KERNEL_REFUSED'));
  }
});

test('hostIdOf() makes a host id of any host name', () => {
  for (const [given, want] of [
    ['fish', 'fish'],
    ['rack7.example.org', 'rack7.example.org'],
    ['my_host', 'my_host'],
    ['a b/c', 'a-b-c'],
    ['(none)', 'none'],
    ['', 'localhost'],
    ['???', 'localhost'],
  ] as const) {
    assert.equal(hostIdOf(given), want);
  }
});
