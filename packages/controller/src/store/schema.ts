/** Tables of the store, in the SQL that SQLite and PostgreSQL share: text ids, JSON as text, times in ISO 8601 UTC. */
export interface Schema {
  /** What each host's agent reported last. */
  readonly host: {
    readonly host_id: string;
    /** 0 or 1. */
    readonly simulated: number;
    readonly boot_id: string;
    /** The report as JSON. */
    readonly report: string;
    readonly reported_at: string;
    /** Of the last change of the report; a report that says the same again keeps it. */
    readonly revision: number;
  };
  /** A document of the API: a network, a port, … */
  readonly object: {
    readonly kind: string;
    readonly id: string;
    readonly project_id: string;
    /** The document as JSON, as its most privileged reader sees it. */
    readonly body: string;
  };
  /** What objects are found by. */
  readonly object_field: {
    readonly kind: string;
    readonly id: string;
    readonly field: string;
    readonly value: string;
    /** The kind of object that `value` is the id of: the database holds that it exists, and keeps it. */
    readonly ref_kind: string | null;
  };
  /** Projects that an object is shown to beside its own. */
  readonly object_visibility: {
    readonly kind: string;
    readonly id: string;
    /** `*`: all of them. */
    readonly project: string;
  };
  /** What one owner may have at a time: an address of a subnet, a VLAN of a wire, a VF of a host. */
  readonly claim: {
    readonly space: string;
    readonly key: string;
    readonly owner: string;
  };
  /** How much of something with a limit is used: ports of a project, guaranteed bandwidth of a PF. */
  readonly counter: {
    readonly space: string;
    readonly key: string;
    readonly used: number;
  };
  /** One row. Every write takes it first, so that writes have an order, also those of several controllers. */
  readonly last_revision: {
    readonly only_row: number;
    readonly revision: number;
  };
  /** What changed, in order: the truth behind every stream of events. */
  readonly change_log: {
    readonly revision: number;
    readonly kind: string;
    readonly subject: string;
    readonly at: string;
    /** Whose it is, or was; null: nobody's in particular. */
    readonly project_id: string | null;
    /** JSON, in one of the changes of a write: who asked for it; null: nobody, or another change says it. */
    readonly origin: string | null;
    /** JSON, the projects beside its own that were shown it before, `*`: all; null: none has lost sight of it. */
    readonly hidden_from: string | null;
  };
  /** How far those who work through the log have got. */
  readonly log_position: {
    readonly name: string;
    readonly revision: number;
  };
  readonly agent: {
    readonly host_id: string;
    /** UUID by which Neutron's API names it. */
    readonly id: string;
    readonly version: string;
    /** Of its session with any controller; null: it has none. */
    readonly session_id: string | null;
    readonly created_at: string;
    readonly started_at: string;
    readonly heard_at: string;
    /** 0 or 1. */
    readonly admin_state_up: number;
    readonly description: string | null;
  };
  /** When a host was taken out of the fleet last: certificates from before are not good. */
  readonly removed_host: {
    readonly host_id: string;
    readonly removed_at: string;
    /** Of the write that took it out: what the host was told before is no state to build on. */
    readonly revision: number;
  };
  /** One row at most. */
  readonly fleet_authority: {
    readonly only_row: number;
    /** SHA-256 of the certificate, hexadecimal. */
    readonly fingerprint: string;
  };
  /** One-time tokens by which a host enrols: a row is gone once it is used. */
  readonly enrolment: {
    /** SHA-256 of the token, hexadecimal. */
    readonly token_hash: string;
    /** The only host that may use it; null: any. */
    readonly host_id: string | null;
    readonly created_at: string;
    readonly expires_at: string;
  };
  /** Tokens by which programs and people ask. */
  readonly token: {
    readonly id: string;
    readonly name: string;
    /** SHA-256 of the token, hexadecimal. */
    readonly hash: string;
    readonly role: string;
    readonly project_id: string;
    readonly created_at: string;
    readonly expires_at: string | null;
    readonly last_used_at: string | null;
  };
  /** When the ports on a host that are no VF's changed last: what they are, the ports themselves say. */
  readonly local_port_change: {
    readonly host_id: string;
    readonly revision: number;
  };
  /** What an agent is to make of a port on its host. */
  readonly desired_port: {
    readonly host_id: string;
    readonly attachment_id: string;
    readonly port_id: string;
    /** Of the last change. */
    readonly revision: number;
    /** JSON; null: to be released, until the agent has said that it is. */
    readonly body: string | null;
  };
  /** The audit log. */
  readonly step: {
    /** Its order: one more than the entry before. */
    readonly id: number;
    /** Of the write that put it here. */
    readonly revision: number;
    readonly at: string;
    /** `user` or `agent`. */
    readonly actor: string;
    readonly user_id: string | null;
    readonly user_name: string | null;
    readonly project_id: string | null;
    readonly cause: string;
    readonly action: string;
    readonly text: string;
    readonly object_kind: string | null;
    readonly object_id: string | null;
    readonly host_id: string | null;
    readonly pf: string | null;
    readonly vf_index: number | null;
    readonly port_id: string | null;
    readonly attachment_id: string | null;
    readonly code: string | null;
    readonly message: string | null;
    /** Of an agent's step: the log of one life of the agent, and the place in it; null: of a request. */
    readonly log: string | null;
    readonly place: number | null;
  };
}
