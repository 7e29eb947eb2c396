/** Each phase has a line of its own as it begins or ends. */
export function reportPhase(phase: string, state: string): void {
  process.stderr.write(`  ${phase.padEnd(13)} ${state}\n`);
}
