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
  /** What changed, in order: the truth behind every stream of events. */
  readonly revision_log: {
    readonly revision: number;
    readonly kind: string;
    readonly subject: string;
    readonly at: string;
  };
}
