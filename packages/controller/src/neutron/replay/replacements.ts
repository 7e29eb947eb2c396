const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;
const PROJECT = /^[\da-f]{32}$/;
const MAC = /^fa:16:3e(?::[\da-f]{2}){3}$/;
const IP = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const VLAN_KEY = /(?:^|:)segmentation_id$/;

/** What the recording server made up, and what ours made up in its place: ids, MACs, addresses, VLANs. */
export class Replacements {
  readonly #ours = new Map<string, string>();
  /** Apart from the words: their digits occur in words, too. */
  readonly #vlans = new Map<number, number>();

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

  /** Learns that two values stand for the same thing, if they may. @param key of the attribute that they are of */
  learn(recorded: unknown, ours: unknown, key: string): boolean {
    if (typeof recorded === 'number' && typeof ours === 'number' && VLAN_KEY.test(key))
      return learnIn(this.#vlans, recorded, ours);
    if (typeof recorded !== 'string' || typeof ours !== 'string') return false;
    // The VLAN of a binding is a text.
    if (key === 'vlan') return String(this.#vlans.get(Number(recorded))) === ours;
    const isAlike = [UUID, PROJECT, MAC, IP].some((form) => form.test(recorded) && form.test(ours));
    return isAlike && learnIn(this.#ours, recorded, ours);
  }
}

function learnIn<Value>(known: Map<Value, Value>, recorded: Value, ours: Value): boolean {
  const before = known.get(recorded);
  if (before === undefined) known.set(recorded, ours);
  return before === undefined || before === ours;
}
