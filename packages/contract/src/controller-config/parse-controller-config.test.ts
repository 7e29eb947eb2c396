import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSriovError } from '@virtfn/model';
import fc from 'fast-check';
import { type ControllerConfigSources, listSettings, parseControllerConfig } from './index.ts';

const sources = (given: Partial<ControllerConfigSources>): ControllerConfigSources => ({
  text: null,
  file: 'controller.yaml',
  env: {},
  flags: {},
  ...given,
});
const parse = (given: Partial<ControllerConfigSources>) => parseControllerConfig(sources(given));

const FULL = `
version: 1
listen: "[::]:9696"
agentLink: { listen: 0.0.0.0:9697 }
stateDir: /srv/virtfn
database:
  url: postgresql://virtfn@db.example.org/virtfn
  passwordFile: /etc/virtfn/database.password
auth:
  kind: keystone
  url: https://keystone.example.org:5000/v3/
  passwordFile: /etc/virtfn/keystone.password
vlanRanges: [physnet1:100:1999, "physnet2:2000:2999,physnet2:3001:3999"]
flatNetworks: [physnet1]
baseMac: FA:16:3F:00:00:00
securityGroupPolicy: strict
scheduler: { strategy: pack }
quotas: { port: -1 }
hostGoneAfterSeconds: 30
`;

describe('parseControllerConfig()', () => {
  it('has a default for everything, reachable from this machine only', () => {
    const config = parse({});
    assert.deepEqual(config.listen, { host: '127.0.0.1', port: 9696 });
    assert.deepEqual(config.agentLink.listen, { host: '127.0.0.1', port: 9697 });
    assert.deepEqual(config.auth, { kind: 'none' });
    assert.equal(config.database.url, 'sqlite:/var/lib/virtfn-controller/controller.db');
    assert.equal(config.quotas['port'], 500);
  });

  it('reads a file', () => {
    const config = parse({ text: FULL });
    assert.deepEqual(config.listen, { host: '::', port: 9696 });
    assert.deepEqual(config.auth, {
      kind: 'keystone',
      url: 'https://keystone.example.org:5000/v3',
      publicUrl: 'https://keystone.example.org:5000',
      caFile: null,
      userName: 'virtfn',
      userDomainName: 'Default',
      projectName: 'service',
      projectDomainName: 'Default',
      passwordFile: '/etc/virtfn/keystone.password',
    });
    assert.equal(config.vlanRanges.length, 3);
    assert.equal(config.baseMac, 'fa:16:3f');
    assert.equal(config.quotas['port'], -1);
    assert.equal(config.quotas['network'], 100);
    assert.equal(config.scheduler.strategy, 'pack');
  });

  it('lets the environment go before the file, and flags before both', () => {
    const env = {
      VIRTFN_LISTEN: '127.0.0.1:1',
      VIRTFN_AUTH_KIND: 'tokens',
      VIRTFN_VLAN_RANGES: 'physnet1:5:6, physnet2:7:8',
      VIRTFN_QUOTAS_SECURITY_GROUP: '7',
      VIRTFN_MTU: '',
    };
    const config = parse({ text: 'version: 1\nlisten: 127.0.0.1:3', env, flags: { listen: '127.0.0.1:2' } });
    assert.equal(config.listen.port, 2);
    assert.deepEqual(config.auth, { kind: 'tokens' });
    assert.deepEqual(
      config.vlanRanges.map(({ first }) => first),
      [5, 7],
    );
    assert.equal(config.quotas['security_group'], 7);
    assert.equal(config.mtu, 1500);
  });

  const badFiles: readonly { name: string; given: string; at: string; why: RegExp; hint?: RegExp }[] = [
    { name: 'another version', given: 'version: 2', at: '1:10', why: /version must be/ },
    {
      name: 'a field that there is not',
      given: 'version: 1\nlistn: 1',
      at: '2:8',
      why: /listn is no field/,
      hint: /listen, agentLink/,
    },
    {
      name: 'a field of the wrong type',
      given: 'version: 1\nhostGoneAfterSeconds: soon',
      at: '2:23',
      why: /must be integer/,
      hint: /how long .* for example 75/,
    },
    {
      name: 'a word of another list',
      given: 'version: 1\nscheduler:\n  strategy: random',
      at: '3:13',
      why: /scheduler\.strategy must be equal to one of/,
      hint: /for example spread/,
    },
    {
      name: 'authentication without kind',
      given: 'version: 1\nauth: { usersFile: /x }',
      at: '2:7',
      why: /no kind/,
      hint: /http_basic/,
    },
    {
      name: 'a kind that there is not',
      given: 'version: 1\nauth: { kind: ldap }',
      at: '2:15',
      why: /none that there is/,
      hint: /keystone/,
    },
    {
      name: 'a field of another kind',
      given: 'version: 1\nauth: { kind: tokens, usersFile: /x }',
      at: '2:34',
      why: /auth\.usersFile is no field/,
    },
    {
      name: 'Keystone without address',
      given: 'version: 1\nauth: { kind: keystone }',
      at: '2:7',
      why: /required propert.*url/,
    },
    {
      name: 'Keystone at what is no address',
      given: 'version: 1\nauth: { kind: keystone, url: "javascript:0" }',
      at: '2:30',
      why: /no http or https/,
    },
    {
      name: 'an open door to everybody',
      given: 'version: 1\nlisten: 0.0.0.0:9696',
      at: '2:9',
      why: /everybody may do everything/,
      hint: /tokens, http_basic or keystone/,
    },
    {
      name: 'an address without port',
      given: 'version: 1\nlisten: localhost',
      at: '2:9',
      why: /with a port/,
    },
    {
      name: 'a password in a URL',
      given: 'version: 1\ndatabase: { url: "postgresql://u:secret@h/d" }',
      at: '2:18',
      why: /a password in a URL/,
      hint: /passwordFile/,
    },
    {
      name: 'a password in a URL’s query',
      given: 'version: 1\ndatabase: { url: "postgresql://u@h/d?password=secret" }',
      at: '2:18',
      why: /a password in a URL/,
    },
    {
      name: 'another database',
      given: 'version: 1\ndatabase: { url: "mysql://h/d" }',
      at: '2:18',
      why: /neither sqlite/,
    },
    {
      name: 'a VLAN range that ends before it begins',
      given: 'version: 1\nvlanRanges: [a:5:4]',
      at: '2:14',
      why: /ends before it begins/,
    },
    { name: 'a multicast MAC', given: 'version: 1\nbaseMac: "01:00:5e"', at: '2:10', why: /unicast/ },
    { name: 'a relative folder', given: 'version: 1\nstateDir: here', at: '2:11', why: /must match pattern/ },
    {
      name: 'a quota of what there is not',
      given: 'version: 1\nquotas: { router: 1 }',
      at: '2:19',
      why: /no field/,
    },
  ];
  for (const { name, given, at, why, hint } of badFiles) {
    it(`refuses ${name}, with line and column and what to write`, () => {
      assert.throws(
        () => parse({ text: given }),
        (error) =>
          isSriovError(error, 'CONFIG_INVALID') &&
          error.message.startsWith(`Cannot read controller.yaml:${at}: `) &&
          why.test(error.message) &&
          (hint ?? /./).test(error.hint) &&
          !`${error.message}${error.hint}`.includes('secret'),
      );
    });
  }

  const badOverrides: readonly { name: string; given: Partial<ControllerConfigSources>; says: RegExp }[] = [
    {
      name: 'a variable of the wrong type',
      given: { env: { VIRTFN_HOST_GONE_AFTER_SECONDS: 'soon' } },
      says: /^Cannot use VIRTFN_HOST_GONE_AFTER_SECONDS: hostGoneAfterSeconds must be integer$/,
    },
    {
      name: 'a flag that opens the door',
      given: { flags: { listen: '0.0.0.0:1' } },
      says: /^Cannot use --set listen: with auth\.kind none/,
    },
    {
      name: 'a flag that there is not',
      given: { flags: { 'auth.password': 'secret' } },
      says: /^Cannot use --set auth\.password: there is no such setting$/,
    },
    {
      name: 'one of the values of a variable',
      given: { env: { VIRTFN_VLAN_RANGES: 'a:1:2,b' } },
      says: /^Cannot use VIRTFN_VLAN_RANGES: .*"b"/,
    },
  ];
  for (const { name, given, says } of badOverrides) {
    it(`refuses ${name}, and names it`, () => {
      assert.throws(
        () => parse(given),
        (error) => isSriovError(error, 'CONFIG_INVALID') && says.test(error.message),
      );
    });
  }

  it('never fails in another way, whatever it is given', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `${FULL}${rest}`),
      fc.json(),
      fc.json().map((json) => `version: 1\nauth: ${json}`),
    );
    const flags = fc.dictionary(
      fc.constantFrom('listen', 'auth.kind', 'database.url', 'quotas.port'),
      fc.string(),
    );
    fc.assert(
      fc.property(text, flags, (given, given2) => {
        try {
          parse({ text: given, flags: given2 });
        } catch (error) {
          assert.ok(isSriovError(error, 'CONFIG_INVALID'), String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('listSettings()', () => {
  it('says of each value who said so', () => {
    const listed = listSettings(
      sources({ text: 'version: 1\n\nmtu: 9000', env: { VIRTFN_STATE_DIR: '/s' }, flags: { listen: '7' } }),
    );
    const find = (name: string) => listed.find((each) => each.name === name);
    assert.deepEqual(find('mtu'), { name: 'mtu', value: 9000, origin: 'controller.yaml:3' });
    assert.deepEqual(find('stateDir'), { name: 'stateDir', value: '/s', origin: 'VIRTFN_STATE_DIR' });
    assert.deepEqual(find('listen'), { name: 'listen', value: '7', origin: '--set listen' });
    assert.deepEqual(find('database.url'), {
      name: 'database.url',
      value: 'sqlite:/s/controller.db',
      origin: 'default',
    });
    assert.equal(find('auth.url'), undefined);
  });
});
