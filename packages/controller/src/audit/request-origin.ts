/** A request that may change something, and who asks. */
export interface RequestOrigin {
  readonly requestId: string;
  readonly method: string;
  /** As the server knows it: `/v2.0/ports/:id`. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly userId: string;
  readonly userName: string | null;
  readonly projectId: string;
}
