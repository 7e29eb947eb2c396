import type { XdrReader } from '../xdr/index.ts';
import { type Domain, readDomain, writeDomain, writeOnlyDomain, writeUuid } from './domain.ts';
import { type DomainState, domainStateOf } from './domain-state.ts';
import {
  bitsOf,
  type CreateFlag,
  createFlags,
  type DefineFlag,
  defineFlags,
  type DestroyFlag,
  destroyFlags,
  type ListDomainsFlag,
  listDomainsFlags,
  type SaveFlag,
  saveFlags,
  type ShutdownFlag,
  shutdownFlags,
  type UndefineFlag,
  undefineFlags,
  type XmlFlag,
  xmlFlags,
} from './flags.ts';
import { nothing, remote } from './procedure.ts';

/** REMOTE_DOMAIN_LIST_MAX. */
const DOMAINS_MAX = 16_384;

type OfDomain<Flag extends string> = { readonly domain: Domain; readonly flags: readonly Flag[] };
type OfXml<Flag extends string> = { readonly xml: string; readonly flags: readonly Flag[] };

const readText = (reader: XdrReader): string => reader.string();

export const listAllDomains = remote(
  273,
  'virConnectListAllDomains',
  (writer, { flags }: { readonly flags: readonly ListDomainsFlag[] }) =>
    writer.int(1).uint(bitsOf(listDomainsFlags, flags)),
  (reader) => {
    const domains = reader.array(DOMAINS_MAX, readDomain);
    reader.uint(); // how many: the same
    return domains;
  },
);

export const lookupById = remote(
  22,
  'virDomainLookupByID',
  (writer, { id }: { readonly id: number }) => writer.int(id),
  readDomain,
);

export const lookupByName = remote(
  23,
  'virDomainLookupByName',
  (writer, { name }: { readonly name: string }) => writer.string(name),
  readDomain,
);

export const lookupByUuid = remote(
  24,
  'virDomainLookupByUUID',
  (writer, { uuid }: { readonly uuid: string }) => writeUuid(writer, uuid),
  readDomain,
);

export const getState = remote(
  212,
  'virDomainGetState',
  (writer, { domain }: { readonly domain: Domain }) => {
    writeDomain(writer, domain);
    writer.uint(0);
  },
  (reader): DomainState => domainStateOf(reader.int(), reader.int()),
);

export const getXmlDesc = remote(
  14,
  'virDomainGetXMLDesc',
  (writer, { domain, flags }: OfDomain<XmlFlag>) => {
    writeDomain(writer, domain);
    writer.uint(bitsOf(xmlFlags, flags));
  },
  readText,
);

/** Starts a domain that is defined. */
export const createWithFlags = remote(
  196,
  'virDomainCreateWithFlags',
  (writer, { domain, flags }: OfDomain<CreateFlag>) => {
    writeDomain(writer, domain);
    writer.uint(bitsOf(createFlags, flags));
  },
  readDomain,
);

/** Starts a transient domain: it is gone when it stops. */
export const createXml = remote(
  10,
  'virDomainCreateXML',
  (writer, { xml, flags }: OfXml<CreateFlag>) => writer.string(xml).uint(bitsOf(createFlags, flags)),
  readDomain,
);

export const defineXmlFlags = remote(
  350,
  'virDomainDefineXMLFlags',
  (writer, { xml, flags }: OfXml<DefineFlag>) => writer.string(xml).uint(bitsOf(defineFlags, flags)),
  readDomain,
);

export const undefineDomain = remote(
  231,
  'virDomainUndefineFlags',
  (writer, { domain, flags }: OfDomain<UndefineFlag>) => {
    writeDomain(writer, domain);
    writer.uint(bitsOf(undefineFlags, flags));
  },
  nothing,
);

export const destroyDomain = remote(
  234,
  'virDomainDestroyFlags',
  (writer, { domain, flags }: OfDomain<DestroyFlag>) => {
    writeDomain(writer, domain);
    writer.uint(bitsOf(destroyFlags, flags));
  },
  nothing,
);

/** Asks the guest to stop. The answer comes at once, the end when the guest likes. */
export const shutdownDomain = remote(
  258,
  'virDomainShutdownFlags',
  (writer, { domain, flags }: OfDomain<ShutdownFlag>) => {
    writeDomain(writer, domain);
    writer.uint(bitsOf(shutdownFlags, flags));
  },
  nothing,
);

export const suspendDomain = remote(34, 'virDomainSuspend', writeOnlyDomain, nothing);

export const resumeDomain = remote(28, 'virDomainResume', writeOnlyDomain, nothing);

/** Stops the domain and keeps its memory in a file of the daemon's machine. */
export const saveDomain = remote(
  232,
  'virDomainSaveFlags',
  (
    writer,
    { domain, to, xml, flags }: OfDomain<SaveFlag> & { readonly to: string; readonly xml: string | null },
  ) => {
    writeDomain(writer, domain);
    writer.string(to).optionalString(xml).uint(bitsOf(saveFlags, flags));
  },
  nothing,
);

export const restoreDomain = remote(
  233,
  'virDomainRestoreFlags',
  (
    writer,
    {
      from,
      xml,
      flags,
    }: { readonly from: string; readonly xml: string | null; readonly flags: readonly SaveFlag[] },
  ) => writer.string(from).optionalString(xml).uint(bitsOf(saveFlags, flags)),
  nothing,
);

/** Like save, into a file of libvirt's choice, from which the next start goes on. */
export const managedSave = remote(
  182,
  'virDomainManagedSave',
  (writer, { domain, flags }: OfDomain<SaveFlag>) => {
    writeDomain(writer, domain);
    writer.uint(bitsOf(saveFlags, flags));
  },
  nothing,
);
