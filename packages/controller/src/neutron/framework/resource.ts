import type { FieldValue, ObjectQuery, Write } from '../../store/index.ts';
import type { Kysely } from 'kysely';
import type { Schema } from '../../store/index.ts';
import type { Identity } from '../../auth/identity.ts';
import type { NeutronError } from '../wire/neutron-error.ts';
import type { NeutronSettings } from '../settings.ts';
import type { AttributeTable } from './attribute.ts';

/** What every document has. Names are the wire's. */
export interface Document {
  readonly id: string;
  readonly project_id: string;
  readonly [attribute: string]: unknown;
}

/** Somebody asks. */
export interface Call {
  readonly identity: Identity;
  readonly settings: NeutronSettings;
  readonly db: Kysely<Schema>;
}

/** Somebody asks for a change, in one transaction. */
export interface WriteCall extends Call {
  readonly write: Write;
}

/** What a request gave, read and with its defaults: attributes that nobody gave and that have none are missing. */
export type Given = Readonly<Record<string, unknown>>;

/** What is needed to keep and find documents of a kind; what may be done with them is the resource's. */
export interface Kind<Doc extends Document> {
  /** In the singular, as the envelope of one: `port`. Also the kind in the store. */
  readonly name: string;
  /** The answer for an id that is not there, or not to be seen. */
  readonly notFound: (id: string) => NeutronError;
  /** What it is found by, and what it needs. Only of attributes whose value is a text, or a list of texts. */
  readonly fields: (document: Doc) => readonly FieldValue[];
}

/** Who may do what: the project's members, or administrators; null: nobody, there is no such operation. */
export interface Rules {
  readonly get: 'member' | 'admin';
  readonly create: 'member' | 'admin' | null;
  readonly update: 'member' | 'admin' | null;
  readonly remove: 'member' | 'admin' | null;
}

/** Which documents that are worked out are needed. */
export type ComputedQuery =
  | { readonly kind: 'one'; readonly id: string }
  /** `filters`: as they were given, for those that decide what a document looks like. */
  | { readonly kind: 'list'; readonly filters: ReadonlyMap<string, readonly string[]> };

/** What is asked of a list; a document must be found and pass. Where documents are computed, nothing is found. */
export interface Filter<Doc extends Document> {
  /** What the store finds by its index. */
  readonly where: ObjectQuery['where'];
  /** What is asked of every document that was found; null: nothing. */
  readonly test: ((document: Doc) => boolean) | null;
}

/** One kind of object of the API: its table of attributes, how it is found, and what making, changing and removing one mean. */
export interface Resource<Doc extends Document = Document> extends Kind<Doc> {
  /** In the plural, as the envelope of many: `ports`. */
  readonly collection: string;
  /** Path below `/v2.0/`, where it is not the collection's name: `qos/policies`. */
  readonly path: string;
  readonly attributes: AttributeTable;
  readonly rules: Rules;
  /** Filters that `fields` answers as they are; all others are asked of every document. */
  readonly indexed: ReadonlySet<string>;
  /** Other filters, that are not attributes: `fixed_ips`. They narrow a list. */
  readonly filters: Readonly<Record<string, (wanted: readonly string[]) => Filter<Doc>>>;
  /** What is counted of it in a quota; null: it is not. */
  readonly quota: string | null;
  readonly hasTags: boolean;
  /** The project whose members count as owners of the network that the object is in; null: it is in none. */
  readonly networkOwner: ((call: Call, given: Given) => Promise<string | null>) | null;
  /** Whether these may change the object, whosever it is: they may remove it in any case. */
  readonly canNetworkOwnerUpdate: boolean;
  /** How members see a document, where that is not as it is kept; null: as it is kept. */
  readonly memberView: ((document: Doc, call: Call) => Document) | null;
  /** What an answer to a change leaves out of the document; null: nothing. */
  readonly changeView: ((document: Doc) => Doc) | null;
  /**
   * Works the documents out where they are not kept as they are shown, all of them or those that are asked for: the
   * reader's filters are asked of the outcome. null: they are kept.
   */
  readonly compute: ((call: Call, wanted: ComputedQuery) => Promise<readonly Doc[]>) | null;
  readonly create: (call: WriteCall, given: Given) => Promise<Doc>;
  readonly update: (call: WriteCall, before: Doc, given: Given) => Promise<Doc>;
  readonly remove: (call: WriteCall, document: Doc) => Promise<void>;
}

type Optional =
  | 'path'
  | 'rules'
  | 'filters'
  | 'quota'
  | 'hasTags'
  | 'networkOwner'
  | 'canNetworkOwnerUpdate'
  | 'memberView'
  | 'changeView'
  | 'compute'
  | 'create'
  | 'update'
  | 'remove';

/** A resource of a project's members, with the usual answers where none is given. */
export function resource<Doc extends Document>(
  given: Omit<Resource<Doc>, Optional> & Partial<Pick<Resource<Doc>, Optional>>,
): Resource<Doc> {
  const nothing = (): never => {
    throw new RangeError(`${given.name} has no such operation`);
  };
  return {
    path: given.collection,
    rules: { get: 'member', create: 'member', update: 'member', remove: 'member' },
    filters: {},
    quota: given.name,
    hasTags: false,
    networkOwner: null,
    canNetworkOwnerUpdate: true,
    memberView: null,
    changeView: null,
    compute: null,
    create: nothing,
    update: nothing,
    remove: nothing,
    ...given,
  };
}
