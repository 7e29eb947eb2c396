import type { HostDocument, PlanDocument } from '../v1/index.ts';

interface ErrorSummary {
  readonly code: string;
  readonly message: string;
}

/** One value that is not, or cannot be, as host.yaml wants it. */
export interface DriftDocument {
  readonly pf: string;
  /** null: the PF itself. */
  readonly vfIndex: number | null;
  /** What it is about: `numVfs`, `vlan`, `driver`, … */
  readonly field: string;
  readonly wanted: string;
  /** What the kernel shows. */
  readonly observed: string;
  /** Why it cannot be so; null: `apply` would set it. */
  readonly refused: ErrorSummary | null;
}

/** What the program on a host answers, piece by piece. Each but `step` and `host` of a watch is the last one. */
export type HostProgramEvent =
  | { readonly event: 'host'; readonly host: HostDocument }
  /** What is left to do: for `plan` all of it, for `apply` what could not be done. */
  | {
      readonly event: 'plan';
      readonly plan: PlanDocument;
      /** host.yaml as the edits make it; null without edits. */
      readonly config: {
        readonly file: string;
        readonly before: string | null;
        readonly after: string;
      } | null;
    }
  /** A step that was done, or with an error one that was not. */
  | { readonly event: 'step'; readonly text: string; readonly error: ErrorSummary | null }
  | { readonly event: 'drift'; readonly drift: readonly DriftDocument[] }
  | { readonly event: 'error'; readonly error: ErrorSummary & { readonly hint: string } };
