/**
 * What a client and the agent in a lab host say to each other: one JSON object a line. Every line is sent with a line
 * feed before and after it, so that the rest of a line that was cut off spoils no other. Bytes are in base64.
 * `session` is the client's, and in every answer to it: what was meant for a client before is left aside.
 */
export type ClientMessage =
  /** Says that a client is there; may be repeated. Programs of another session on the same channel are ended. */
  | { readonly do: 'hello'; readonly session: string }
  | {
      readonly do: 'run';
      readonly session: string;
      readonly id: number;
      readonly argv: readonly string[];
      readonly cwd: string | null;
      readonly env: Readonly<Record<string, string>>;
    }
  /** Bytes for standard input; null closes it. */
  | { readonly do: 'input'; readonly session: string; readonly id: number; readonly data: string | null }
  /** Goes to the whole process group. */
  | { readonly do: 'kill'; readonly session: string; readonly id: number; readonly signal: string };

export type AgentMessage =
  | { readonly do: 'hello'; readonly session: string; readonly bootId: string }
  /** Said unasked when the agent starts: whatever ran before does not run any more. */
  | { readonly do: 'boot'; readonly session: null; readonly bootId: string }
  | {
      readonly do: 'output';
      readonly session: string;
      readonly id: number;
      readonly to: 1 | 2;
      readonly data: string;
    }
  /** The last word on a program: its exit status, as a shell gives it (128 + signal), after all its output. */
  | { readonly do: 'exit'; readonly session: string; readonly id: number; readonly status: number }
  /** It could not be started. */
  | { readonly do: 'refused'; readonly session: string; readonly id: number; readonly reason: string };

/** Channels that every lab host has: clients that can be connected at the same time. */
export const channelCount = 6;

/** The name of a channel inside the host, below /dev/virtio-ports. */
export function channelName(index: number): string {
  return `virtfn.lab.${index}`;
}
