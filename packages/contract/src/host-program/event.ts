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

/** How the host stands with a controller. */
export type FleetStatusDocument =
  | { readonly kind: 'no-fleet' }
  | {
      readonly kind: 'member';
      readonly url: string;
      /** As the fleet calls this host. */
      readonly hostId: string;
      /** ISO 8601. The agent renews the certificate before. */
      readonly certificateEnds: string;
      /** null: no agent runs, and so nobody speaks with the controller. */
      readonly link: {
        readonly isConnected: boolean;
        /** Of the desired state that the host has; null: the full one never came. */
        readonly revision: number | null;
        readonly problem: (ErrorSummary & { readonly hint: string }) | null;
      } | null;
    };

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
  | { readonly event: 'fleet-status'; readonly fleet: FleetStatusDocument }
  | { readonly event: 'error'; readonly error: ErrorSummary & { readonly hint: string } };
