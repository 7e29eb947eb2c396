import type { DriftDocument, HostDocument, PlanDocument } from '../v1/index.ts';

interface ErrorSummary {
  readonly code: string;
  readonly message: string;
}

interface ErrorWithHint extends ErrorSummary {
  readonly hint: string;
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
        readonly problem: ErrorWithHint | null;
      } | null;
    };

/** An interface of a virtual machine. */
export interface MachineInterfaceDocument {
  /** null: not one that virtfn plugged. */
  readonly attachmentId: string | null;
  readonly kind: 'vf' | 'macvtap' | 'pci-device' | 'bridge' | 'ovs' | 'other';
  /** PCI address, or name of an interface or a bridge of the host; null: of a kind that is none of ours. */
  readonly source: string | null;
  readonly mac: string | null;
  readonly vlanId: number | null;
  /** One MAC on two interfaces; null: it stands alone. */
  readonly teaming: 'persistent' | 'transient' | null;
  readonly isLive: boolean;
  readonly isInConfig: boolean;
}

/** A virtual machine as its hypervisor shows it. */
export interface MachineDocument {
  readonly domainId: string;
  readonly name: string;
  readonly state: 'running' | 'paused' | 'crashed' | 'shut-off';
  readonly isPersistent: boolean;
  readonly interfaces: readonly MachineInterfaceDocument[];
  /** Why its hypervisor does not show it: then its interfaces are not known, and none is told; null: it is shown. */
  readonly unread: ErrorWithHint | null;
}

/** A port of this host's own in one of its virtual machines. */
export interface OwnAttachmentDocument {
  readonly attachmentId: string;
  readonly vm: string;
  readonly domainId: string;
  readonly kind: 'direct' | 'macvtap' | 'direct-physical' | 'normal' | 'failover';
  readonly scope: 'live' | 'config' | 'both';
  readonly mac: string;
  readonly physicalNetwork: string;
  readonly vlanId: number | null;
  /** null: it has no PF. */
  readonly pf: string | null;
  /** null: it has no VF. */
  readonly vfIndex: number | null;
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
  | { readonly event: 'fleet-status'; readonly fleet: FleetStatusDocument }
  | { readonly event: 'machines'; readonly machines: readonly MachineDocument[] }
  /** `steps`: for a dry run what would be done; empty when it was done and told step by step. */
  | {
      readonly event: 'attached' | 'detached';
      readonly attachment: OwnAttachmentDocument;
      readonly isDryRun: boolean;
      readonly steps: readonly string[];
    }
  | { readonly event: 'error'; readonly error: ErrorWithHint };
