import { execFile } from 'node:child_process';

/** Linux takes no longer argument than 128 kB, and nobody reads more of it than a line or two. */
const LONGEST_STATUS = 1000;

/** What started the daemon and wants to know how it is. */
export interface Supervisor {
  /** Everything that is wanted of the host is so, or will not be soon: what waits for it may start. */
  ready(status: string): void;
  status(text: string): void;
  /** The daemon is alive. */
  alive(): void;
  /** Milliseconds in which it must be told so; null: nobody watches. */
  readonly watchdogMs: number | null;
}

const NOBODY: Supervisor = { ready: () => {}, status: () => {}, alive: () => {}, watchdogMs: null };

/**
 * systemd, where NOTIFY_SOCKET says that it listens (sd_notify(3)). Through systemd-notify, which comes with it: Node
 * has no datagrams on UNIX sockets.
 */
export function supervisorOf(env: Readonly<Record<string, string | undefined>>): Supervisor {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return NOBODY;
  const notify = (...args: string[]): void => {
    // What it says is of no use to us; that systemd heard nothing shows in what systemd does.
    execFile('systemd-notify', args, { timeout: 10_000 }, () => {});
  };
  const watchdogUs = Number(env['WATCHDOG_USEC'] ?? 0);
  return {
    ready: (status) => notify('--ready', statusArgument(status)),
    status: (text) => notify(statusArgument(text)),
    alive: () => notify('WATCHDOG=1'),
    watchdogMs: watchdogUs > 0 ? watchdogUs / 1000 : null,
  };
}

function statusArgument(text: string): string {
  return `--status=${text.length > LONGEST_STATUS ? `${text.slice(0, LONGEST_STATUS)}…` : text}`;
}
