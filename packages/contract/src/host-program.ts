import type { HostDocument, PlanDocument } from './v1/index.ts';

/** What the host program may be asked for, as its first argument. */
export const HOST_REQUESTS = ['observe', 'plan', 'apply', 'doctor'] as const;
export type HostRequest = (typeof HOST_REQUESTS)[number];

/** One line of JSON of the host program's output. The last one is a host, findings, a plan or an error. */
export type HostProgramEvent =
  | { readonly event: 'host'; readonly host: HostDocument }
  | { readonly event: 'findings'; readonly findings: HostDocument['findings'] }
  /** What is left to do: for `plan` all of it, for `apply` what could not be done. */
  | { readonly event: 'plan'; readonly plan: PlanDocument }
  /** A step that was done, or with an error one that was not. */
  | {
      readonly event: 'step';
      readonly text: string;
      readonly error: { readonly code: string; readonly message: string } | null;
    }
  | {
      readonly event: 'error';
      readonly error: { readonly code: string; readonly message: string; readonly hint: string };
    };
