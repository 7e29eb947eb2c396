import type { Role } from '../identity.ts';

/** What the controller knows of a token. The token itself is known to whom it was given alone. */
export interface StoredToken {
  readonly tokenId: string;
  /** What it is for; one token a name. */
  readonly name: string;
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string;
  readonly role: Role;
  readonly projectId: string;
  readonly createdAt: Date;
  /** null: it does not expire. */
  readonly expiresAt: Date | null;
  /** To the hour; null: never. */
  readonly lastUsedAt: Date | null;
}

/** Where tokens are kept. Every method throws STORE_FAILED when the database does. */
export interface TokenTable {
  /** @throws {SriovError} DESIRED_CONFLICT when there is one of this name */
  create(token: StoredToken): Promise<void>;
  find(hash: string): Promise<StoredToken | null>;
  /** All of them by name. */
  list(): Promise<readonly StoredToken[]>;
  /** @throws {SriovError} OBJECT_UNKNOWN when there is none of this name */
  revoke(name: string): Promise<void>;
  markUsed(tokenId: string, at: Date): Promise<void>;
}
