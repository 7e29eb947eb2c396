const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;
const PROJECT = /^[\da-f]{32}$/;
const MAC = /^fa:16:3e(?::[\da-f]{2}){3}$/;
const IP = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** What the recording server made up, and what ours made up in its place: ids, MACs, addresses. */
export class Replacements {
  readonly #ours = new Map<string, string>();

  /** Puts our words into a request for the recorded ones. */
  apply(text: string): string {
    let replaced = text;
    for (const [recorded, ours] of this.#ours) replaced = replaced.replaceAll(recorded, ours);
    return replaced;
  }

  /** What a recorded word is here, as far as it has been seen. */
  oursOf(recorded: string): string | undefined {
    return this.#ours.get(recorded);
  }

  note(recorded: string, ours: string): void {
    if (recorded !== ours) this.#ours.set(recorded, ours);
  }

  /** Learns that two values stand for the same thing, if they may. */
  learn(recorded: unknown, ours: unknown): boolean {
    if (typeof recorded !== 'string' || typeof ours !== 'string') return false;
    const isAlike = [UUID, PROJECT, MAC, IP].some((form) => form.test(recorded) && form.test(ours));
    if (!isAlike) return false;
    const known = this.#ours.get(recorded);
    if (known !== undefined) return known === ours;
    this.#ours.set(recorded, ours);
    return true;
  }
}
