import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { DATABASES, type DatabaseRig } from '../testing/index.ts';
import { ApiRig } from './testing/index.ts';

const ACTORS = ['admin', 'p1', 'p2'] as const;
type Actor = (typeof ACTORS)[number];

/** What somebody does; a `pick` is a place among the objects that there are. */
const actor = fc.constantFrom(...ACTORS);
const pick = fc.nat(30);
const operation = fc.oneof(
  fc.record({
    do: fc.constant('create network' as const),
    actor,
    vlan: fc.option(fc.integer({ min: 100, max: 102 })),
    shared: fc.boolean(),
  }),
  fc.record({ do: fc.constant('rename network' as const), actor, pick, name: fc.constantFrom('a', 'b') }),
  fc.record({ do: fc.constant('delete network' as const), actor, pick }),
  fc.record({ do: fc.constant('create subnet' as const), actor, pick, place: fc.nat(2) }),
  fc.record({ do: fc.constant('delete subnet' as const), actor, pick }),
  fc.record({
    do: fc.constant('create port' as const),
    actor,
    pick,
    mac: fc.option(fc.constantFrom('02:00:00:00:00:01', '02:00:00:00:00:02')),
  }),
  fc.record({ do: fc.constant('delete port' as const), actor, pick }),
  fc.record({ do: fc.constant('list' as const), actor, limit: fc.integer({ min: 1, max: 4 }) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

interface ModelNetwork {
  readonly id: string;
  readonly owner: Actor;
  readonly shared: boolean;
  readonly vlan: number;
  name: string;
}
interface ModelSubnet {
  readonly id: string;
  readonly network: ModelNetwork;
  readonly cidr: string;
}
interface ModelPort {
  readonly id: string;
  readonly owner: Actor;
  readonly network: ModelNetwork;
  readonly mac: string;
  readonly address: string | null;
  readonly subnetId: string | null;
}

/** A /29 less its ends and its gateway. */
const ADDRESSES_OF_SUBNET = 5;

/** What the API should say, as simply as it can be said, beside the API itself. */
class Comparison {
  readonly #api: ApiRig;
  #networks: readonly ModelNetwork[] = [];
  #subnets: readonly ModelSubnet[] = [];
  #ports: readonly ModelPort[] = [];

  constructor(api: ApiRig) {
    this.#api = api;
  }

  async run(step: Operation): Promise<void> {
    if (step.do === 'create network') return this.#createNetwork(step);
    if (step.do === 'list') return this.#list(step.actor, step.limit);
    if (step.do === 'delete subnet') return this.#deleteSubnet(step.actor, step.pick);
    if (step.do === 'delete port') return this.#deletePort(step.actor, step.pick);
    const network = this.#networks[step.pick % Math.max(1, this.#networks.length)];
    if (network === undefined) return;
    if (step.do === 'rename network') return this.#rename(step.actor, network, step.name);
    if (step.do === 'delete network') return this.#deleteNetwork(step.actor, network);
    if (step.do === 'create subnet') return this.#createSubnet(step.actor, network, step.place);
    return this.#createPort(step.actor, network, step.mac);
  }

  async #ask(want: number, ...request: Parameters<ApiRig['ask']>): Promise<Record<string, unknown> | null> {
    const { status, body } = await this.#api.ask(...request);
    assert.equal(status, want, JSON.stringify([request, body]));
    return status === 201 ? (Object.values(body)[0] as Record<string, unknown>) : null;
  }

  async #createNetwork({ actor: who, vlan, shared }: Operation & { do: 'create network' }): Promise<void> {
    const isForAdmins = vlan !== null || shared;
    const isTaken = this.#networks.some((network) => network.vlan === vlan);
    const refused = isTaken ? 409 : 201;
    const want = who !== 'admin' && isForAdmins ? 403 : refused;
    const segment = { 'provider:network_type': 'vlan', 'provider:physical_network': 'physnet1' };
    const provider = vlan === null ? {} : { ...segment, 'provider:segmentation_id': vlan };
    const made = await this.#ask(want, who, 'POST', 'networks', { network: { shared, ...provider } });
    if (made === null) return;
    const { id } = made as { readonly id: string };
    const shown = await this.#api.show('admin', `networks/${id}`);
    const taken = Number(shown['provider:segmentation_id']);
    assert.ok(!this.#networks.some((network) => network.vlan === taken), `VLAN ${taken} twice`);
    this.#networks = [...this.#networks, { id, owner: who, shared, vlan: taken, name: '' }];
  }

  async #rename(who: Actor, network: ModelNetwork, name: string): Promise<void> {
    const want = ownedStatus(who, network) ?? 200;
    await this.#ask(want, who, 'PUT', `networks/${network.id}`, { network: { name } });
    if (want === 200) network.name = name;
  }

  async #deleteNetwork(who: Actor, network: ModelNetwork): Promise<void> {
    const isUsed = this.#ports.some((port) => port.network === network);
    const want = ownedStatus(who, network) ?? (isUsed ? 409 : 204);
    await this.#ask(want, who, 'DELETE', `networks/${network.id}`);
    if (want !== 204) return;
    this.#networks = this.#networks.filter((each) => each !== network);
    this.#subnets = this.#subnets.filter((each) => each.network !== network);
  }

  async #createSubnet(who: Actor, network: ModelNetwork, place: number): Promise<void> {
    const cidr = `10.0.0.${place * 8}/29`;
    const isThere = this.#subnets.some((each) => each.network === network && each.cidr === cidr);
    const want = ownedStatus(who, network) ?? (isThere ? 400 : 201);
    const made = await this.#ask(want, who, 'POST', 'subnets', { subnet: { network_id: network.id, cidr } });
    if (made !== null) this.#subnets = [...this.#subnets, { id: String(made['id']), network, cidr }];
  }

  async #deleteSubnet(who: Actor, place: number): Promise<void> {
    const subnet = this.#subnets[place % Math.max(1, this.#subnets.length)];
    if (subnet === undefined) return;
    const isUsed = this.#ports.some((port) => port.subnetId === subnet.id);
    // The subnet may be an administrator's, in the network of a project, whose owner it then is as well.
    const want = ownedStatus(who, subnet.network) ?? (isUsed ? 409 : 204);
    await this.#ask(want, who, 'DELETE', `subnets/${subnet.id}`);
    if (want === 204) this.#subnets = this.#subnets.filter((each) => each !== subnet);
  }

  async #createPort(who: Actor, network: ModelNetwork, mac: string | null): Promise<void> {
    const inside = this.#ports.filter((port) => port.network === network);
    const subnets = this.#subnets.filter((each) => each.network === network);
    const isFull =
      subnets.length > 0 &&
      inside.filter((port) => port.address !== null).length >= subnets.length * ADDRESSES_OF_SUBNET;
    const isRefused = isFull || inside.some((port) => port.mac === mac);
    const mayUse = who === 'admin' || network.owner === who || (network.shared && mac === null);
    const status = mayUse ? (isRefused ? 409 : 201) : null;
    // Policy is asked before the network is looked for.
    const want = status ?? (mac === null ? 404 : 403);
    const values = { network_id: network.id, ...(mac === null ? {} : { mac_address: mac }) };
    const made = await this.#ask(want, who, 'POST', 'ports', { port: values });
    if (made === null) return;
    const [fixed] = made['fixed_ips'] as readonly { ip_address: string; subnet_id: string }[];
    const port: ModelPort = {
      id: String(made['id']),
      owner: who,
      network,
      mac: String(made['mac_address']),
      address: fixed?.ip_address ?? null,
      subnetId: fixed?.subnet_id ?? null,
    };
    assert.equal(port.address !== null, subnets.length > 0);
    for (const other of inside) {
      assert.notEqual(other.mac, port.mac);
      if (port.address !== null) assert.notEqual(other.address, port.address);
    }
    this.#ports = [...this.#ports, port];
  }

  async #deletePort(who: Actor, place: number): Promise<void> {
    const port = this.#ports[place % Math.max(1, this.#ports.length)];
    if (port === undefined) return;
    const want = seesPort(who, port) ? 204 : 404;
    await this.#ask(want, who, 'DELETE', `ports/${port.id}`);
    if (want === 204) this.#ports = this.#ports.filter((each) => each !== port);
  }

  /** All pages together are what the reader may see, once each and in order; a filter finds the same. */
  async #list(who: Actor, limit: number): Promise<void> {
    const networks = this.#networks.filter((network) => seesNetwork(who, network));
    const subnets = this.#subnets.filter((each) => seesNetwork(who, each.network));
    const ports = this.#ports.filter((port) => seesPort(who, port));
    for (const [kind, wanted] of Object.entries({ networks, subnets, ports })) {
      const found: string[] = [];
      for (let marker = ''; ; marker = `&marker=${found.at(-1)}`) {
        const page = await this.#api.list(who, `${kind}?fields=id&limit=${limit}${marker}`);
        found.push(...page.map(({ id }) => id));
        if (page.length < limit) break;
      }
      assert.deepEqual(found, wanted.map(({ id }) => id).toSorted(compareText), `${kind} of ${who}`);
    }
    const named = await this.#api.list(who, 'networks?name=a');
    const wanted = networks.filter((network) => network.name === 'a').map(({ id }) => id);
    assert.deepEqual(new Set(named.map(({ id }) => id)), new Set(wanted));
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : 1);

const seesNetwork = (who: Actor, { owner, shared }: ModelNetwork): boolean =>
  who === 'admin' || owner === who || shared;

const seesPort = (who: Actor, { owner, network }: ModelPort): boolean =>
  who === 'admin' || owner === who || network.owner === who;

/** What refuses somebody a change of a network; null: nothing does. */
function ownedStatus(who: Actor, network: ModelNetwork): 403 | 404 | null {
  if (who === 'admin' || network.owner === who) return null;
  return network.shared ? 403 : 404;
}

for (const { name, skip, open } of DATABASES) {
  describe(`networks, subnets and ports, by two projects and an administrator, on ${name}`, { skip }, () => {
    let databases: DatabaseRig;
    before(async () => {
      databases = await open();
    });
    after(() => databases.dispose());

    it('behave as a model of them does', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { minLength: 120, maxLength: 160 }), async (steps) => {
          const api = await ApiRig.open({}, [], await databases.createDatabase());
          try {
            const comparison = new Comparison(api);
            for (const step of steps) await comparison.run(step);
          } finally {
            await api.close();
          }
        }),
        { numRuns: 8, endOnFailure: true },
      );
    });
  });
}
