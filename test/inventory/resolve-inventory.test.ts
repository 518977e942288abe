import { describe, expect, test } from 'vitest'
import { formatError, TsplayError } from '../../engine/error.ts'
import { type inventory, secret, site, z } from '../../engine/index.ts'
import { type Inventory, resolveInventory } from '../../engine/inventory/resolve-inventory.ts'
import { typedSource } from '../../engine/inventory/sources/typed-source.ts'
import type { InventoryFile } from '../../engine/inventory.ts'
import { reveal } from '../../engine/secret.ts'

const cluster = site({
  vars: z.object({ apiHost: z.string(), apiPort: z.number().default(6443) }),
  groups: {
    masters: z.object({ etcdName: z.string(), weight: z.int().min(0).default(1) }),
    nodes: z.object({ labels: z.record(z.string(), z.string()).default({}) }),
    lb: z.object({ vip: z.string().optional() }),
    k8s: z.object({ podCidr: z.string().default('10.244.0.0/16') }),
  },
})

type Spec = Parameters<typeof inventory<typeof cluster>>[1]

/** The source as a file of its own: a spec, and its text in the way in which a user would have written it. */
const source = (spec: unknown, text = `export default inventory(cluster, ${JSON.stringify(spec, null, 2)})`) =>
  typedSource({
    file: { kind: 'inventory', site: cluster, ...(spec as object) } as unknown as InventoryFile,
    name: 'prod',
    path: 'inventories/prod.ts',
    text,
  })

const resolve = (spec: Spec): Inventory => resolveInventory(source(spec), cluster)

function failure(
  spec: unknown,
  options: { text?: string; extraVars?: Record<string, unknown>; world?: typeof cluster } = {},
) {
  try {
    resolveInventory(source(spec, options.text), options.world ?? cluster, options)
  } catch (error) {
    if (error instanceof TsplayError) return formatError(error)
    throw error
  }
  return expect.unreachable('it resolves')
}

const base = { vars: { apiHost: 'lb.example' } }
const names = (hosts: readonly { name: string }[] | undefined) => hosts?.map(({ name }) => name)

describe('an inventory resolves (X01, A122)', () => {
  const prod = resolve({
    vars: { apiHost: 'lb.example', user: 'root', port: 2222 },
    groups: {
      lb: { hosts: { lb1: { address: '10.0.0.9', user: 'admin' } } },
      k8s: { children: ['masters', 'nodes'], vars: { podCidr: '10.99.0.0/16', become: true, port: 22 } },
      masters: {
        vars: { weight: 7, apiPort: 8443, port: 23 },
        hosts: {
          m2: { address: '10.0.0.2', etcdName: 'etcd02', weight: 9 },
          m1: { address: '10.0.0.1', etcdName: 'etcd01' },
        },
      },
      nodes: { hosts: { n1: { address: '10.0.0.3', labels: { a: 'b' } }, m1: {} } },
    },
  })

  test('to hosts in the order of definition', () => {
    expect(names([...prod.hosts.values()])).toEqual(['lb1', 'm2', 'm1', 'n1'])
  })

  test('to groups with the hosts of the groups within, each once, and the implicit all and ungrouped', () => {
    expect(Object.fromEntries([...prod.groups].map(([group, hosts]) => [group, names(hosts)]))).toEqual({
      all: ['lb1', 'm2', 'm1', 'n1'],
      lb: ['lb1'],
      k8s: ['m2', 'm1', 'n1'],
      masters: ['m2', 'm1'],
      nodes: ['n1', 'm1'],
      ungrouped: [],
    })
  })

  test('with variables from the inventory, then from groups outermost first, then from the host; parsed by their schemas', () => {
    expect(prod.hosts.get('m2')?.vars).toEqual({
      apiHost: 'lb.example',
      apiPort: 8443,
      podCidr: '10.99.0.0/16',
      etcdName: 'etcd02',
      weight: 9,
    })
    expect(prod.hosts.get('m1')?.vars).toMatchObject({ weight: 7, labels: {}, etcdName: 'etcd01' })
    expect(prod.hosts.get('lb1')?.vars).toEqual({ apiHost: 'lb.example', apiPort: 6443 })
  })

  test('with connection settings apart from variables, by the same precedence (A058)', () => {
    expect(prod.hosts.get('lb1')).toMatchObject({ address: '10.0.0.9', connection: { user: 'admin', port: 2222 } })
    expect(prod.hosts.get('n1')?.connection).toEqual({ user: 'root', port: 22, become: true })
    expect(prod.hosts.get('m1')?.connection).toEqual({ user: 'root', port: 23, become: true })
  })

  test('with the names of all groups a host is in, outermost first', () => {
    expect(prod.hosts.get('m1')?.groups).toEqual(['k8s', 'masters', 'nodes'])
    expect(prod.hosts.get('lb1')?.groups).toEqual(['lb'])
  })

  test('with this machine as an implicit host that is not in all', () => {
    expect(prod.localhost).toEqual({
      name: 'localhost',
      address: '127.0.0.1',
      groups: [],
      vars: { apiHost: 'lb.example', apiPort: 6443 },
      connection: { transport: 'local' },
    })
    expect(prod.hosts.has('localhost')).toBe(false)
  })

  test('with an explicit localhost instead of the implicit one', () => {
    const own = resolve({ ...base, groups: { lb: { hosts: { localhost: { transport: 'local', vip: 'x' } } } } })
    expect(own.localhost).toBe(own.hosts.get('localhost'))
    expect(names(own.groups.get('all'))).toEqual(['localhost'])
  })

  test('with empty groups of the site that it does not name', () => {
    expect(resolve({ ...base, groups: {} }).groups.get('masters')).toEqual([])
  })

  test('with the name for an address where none is given', () => {
    expect(
      resolve({ ...base, groups: { lb: { hosts: { 'lb1.example': {} } } } }).hosts.get('lb1.example')?.address,
    ).toBe('lb1.example')
  })

  test('with a secret password that stays secret', () => {
    const host = resolve({ ...base, groups: { lb: { hosts: { a: { password: secret('hunter2') } } } } }).hosts.get('a')!
    expect(reveal(host.connection.password!)).toBe('hunter2')
    expect(JSON.stringify(host)).not.toContain('hunter2')
  })

  test('with variables from the command line over all others', () => {
    const { hosts } = resolveInventory(
      source({ ...base, groups: { masters: { hosts: { m1: { etcdName: 'a', weight: 3 } } } } }),
      cluster,
      { extraVars: { weight: 5, apiHost: 'other', user: 'admin' } },
    )
    expect(hosts.get('m1')).toMatchObject({ vars: { weight: 5, apiHost: 'other' }, connection: { user: 'admin' } })
  })

  test('from several files in order: later ones add hosts and win', () => {
    const { hosts, groups } = resolveInventory(
      [
        source({ ...base, groups: { masters: { hosts: { m1: { etcdName: 'a', weight: 1 } } } } }),
        source({ vars: {}, groups: { masters: { hosts: { m1: { weight: 2 }, m2: { etcdName: 'b' } } } } }),
      ],
      cluster,
    )
    expect(names(groups.get('masters'))).toEqual(['m1', 'm2'])
    expect(hosts.get('m1')?.vars).toMatchObject({ etcdName: 'a', weight: 2 })
  })
})

describe('an inventory is refused (X01, A122)', () => {
  test('for a group that the site does not have', () => {
    expect(failure({ ...base, groups: { mastres: {} } })).toBe(
      "unknown group 'mastres'\n  at inventories/prod.ts:6:5\n  hint: did you mean 'masters'?",
    )
  })

  test('for a child that is no group', () => {
    expect(failure({ ...base, groups: { k8s: { children: ['masters', 'node'] } } })).toBe(
      "group 'k8s' contains 'node', which is no group\n  at inventories/prod.ts:9:9\n  hint: did you mean 'nodes'?",
    )
  })

  test('for groups that contain each other, with the path', () => {
    expect(
      failure({
        ...base,
        groups: {
          lb: {},
          k8s: { children: ['masters'] },
          masters: { children: ['nodes'] },
          nodes: { children: ['k8s'] },
        },
      }),
    ).toBe(
      "groups contain each other: k8s → masters → nodes → k8s\n  at inventories/prod.ts:19:9\n  hint: take 'k8s' out of the children of 'nodes'",
    )
  })

  test('for a variable of a host that none of its groups has', () => {
    expect(failure({ ...base, groups: { masters: { hosts: { m1: { etcdNam: 'x' } } } } })).toBe(
      "unknown variable 'etcdNam' in host 'm1' of group 'masters'\n  at inventories/prod.ts:9:11\n  hint: did you mean 'etcdName'?",
    )
  })

  test('for a variable that belongs to another group', () => {
    expect(failure({ ...base, groups: { lb: { hosts: { lb1: { etcdName: 'x' } } } } })).toBe(
      "unknown variable 'etcdName' in host 'lb1' of group 'lb'\n  at inventories/prod.ts:9:11\n  hint: 'etcdName' is a variable of group 'masters'",
    )
  })

  test('for an unknown variable of a group, of the inventory and of the command line', () => {
    expect(failure({ ...base, groups: { masters: { vars: { wait: 1 } } } })).toBe(
      "unknown variable 'wait' in the vars of group 'masters'\n  at inventories/prod.ts:8:9\n  hint: known: apiHost, apiPort, etcdName, weight, user, port, transport, privateKeys, password, knownHosts, hostKeys, jumpHosts, proxyCommand, become, becomeUser, becomeMethod, becomePassword, address",
    )
    expect(failure({ vars: { apiHots: 'x' }, groups: {} })).toBe(
      "unknown variable 'apiHots' in the inventory's vars\n  at inventories/prod.ts:3:5\n  hint: did you mean 'apiHost'?",
    )
    expect(failure({ ...base, groups: {} }, { extraVars: { apiPorts: 1 } })).toBe(
      "unknown variable 'apiPorts' in -e\n  hint: did you mean 'apiPort'?",
    )
  })

  test('for a variable that is missing', () => {
    expect(failure({ ...base, groups: { masters: { hosts: { m0: { etcdName: 'a' }, m1: {} } } } })).toBe(
      "host 'm1': variable 'etcdName' of group 'masters' is missing\n  at inventories/prod.ts:11:9\n  hint: give it to the host, to a group that it is in, or to the inventory's vars",
    )
    expect(failure({ vars: {}, groups: { lb: { hosts: { lb1: {} } } } })).toBe(
      "host 'lb1': variable 'apiHost' of the site is missing\n  at inventories/prod.ts:6:9\n  hint: give it to the host, to a group that it is in, or to the inventory's vars",
    )
  })

  test('for a variable of another type, wherever it is given', () => {
    expect(failure({ ...base, groups: { masters: { hosts: { m1: { etcdName: 7 } } } } })).toBe(
      "host 'm1': variable 'etcdName' of group 'masters': expected string, received number\n  at inventories/prod.ts:9:11\n  hint: it is given in host 'm1' of group 'masters'",
    )
    expect(failure({ ...base, groups: { masters: { vars: { weight: -1 }, hosts: { m1: { etcdName: 'a' } } } } })).toBe(
      "host 'm1': variable 'weight' of group 'masters': Too small: expected number to be >=0\n  at inventories/prod.ts:8:9\n  hint: it is given in the vars of group 'masters'",
    )
    expect(failure({ ...base, groups: { nodes: { hosts: { n1: { labels: { zone: 1 } } } } } })).toBe(
      "host 'n1': variable 'labels.zone' of group 'nodes': expected string, received number\n  at inventories/prod.ts:10:13\n  hint: it is given in host 'n1' of group 'nodes'",
    )
  })

  test('for a key within a variable that its schema does not have', () => {
    const port = z.strictObject({ number: z.number().exactOptional(), hosts: z.array(z.string()).exactOptional() })
    const world = site({
      vars: z.object({
        direct: port.optional(),
        many: z.array(port).default([]),
        either: z.discriminatedUnion('from', [
          z.strictObject({ from: z.literal('a'), address: z.string() }),
          z.strictObject({ from: z.literal('b'), baseurl: z.string() }),
        ]),
      }),
      groups: { lb: z.object({}) },
    }) as never
    const refused = (vars: object) =>
      failure(
        { vars: { either: { from: 'a', address: 'x' }, ...vars }, groups: { lb: { hosts: { l: {} } } } },
        { world },
      )
    expect(refused({ direct: { nubmer: 1 } })).toBe(
      "host 'l': variable 'direct.nubmer' of the site is not known\n  at inventories/prod.ts:8:7\n  hint: did you mean 'number'?",
    )
    expect(refused({ many: [{ number: 1 }, { host: [] }] })).toMatch(
      /variable 'many\.1\.host' of the site is not known\n.*\n {2}hint: did you mean 'hosts'\?$/,
    )
    expect(refused({ either: { from: 'a', address: 'x', baseurl: 'y' } })).toMatch(
      /variable 'either\.baseurl' of the site is not known\n {2}at inventories\/prod\.ts:6:7\n/,
    )
  })

  test('for a host of which two groups say different things, naming both', () => {
    expect(
      failure({
        ...base,
        groups: {
          masters: { hosts: { m1: { address: '10.0.0.1', etcdName: 'a' } } },
          nodes: { hosts: { m1: { address: '10.0.0.2' } } },
        },
      }),
    ).toBe(
      "host 'm1' is given two values of 'address': \"10.0.0.1\" in host 'm1' of group 'masters', \"10.0.0.2\" in host 'm1' of group 'nodes'\n  at inventories/prod.ts:17:11\n  hint: say it once, in one of the groups",
    )
  })

  test('for two passwords of a host, without showing them', () => {
    const [one, other] = [secret('hunter1'), secret('hunter2')]
    const spec = {
      ...base,
      groups: { lb: { hosts: { a: { password: one } } }, nodes: { hosts: { a: { password: other } } } },
    }
    const message = failure(spec)
    expect(message).toContain("host 'a' is given two values of 'password': *** in host 'a' of group 'lb', *** in")
    expect(message).not.toContain('hunter')
    expect(failure({ ...base, groups: { lb: { hosts: { a: { password: 'hunter2' } } } } })).not.toContain('hunter2')
  })

  test('but not for a host of which two groups say the same, also of secrets', () => {
    const entry = () => ({ address: '10.0.0.1', password: secret('x') })
    expect(
      resolve({ ...base, groups: { lb: { hosts: { a: entry() } }, nodes: { hosts: { a: entry() } } } }).hosts.size,
    ).toBe(1)
  })

  test('for two hosts at one address and port', () => {
    const hosts = { a: { address: '10.0.0.1' }, b: { address: '10.0.0.1', port: 22 } }
    expect(failure({ ...base, groups: { lb: { hosts } } })).toBe(
      "hosts 'a' and 'b' have the same address 10.0.0.1, port 22\n  at inventories/prod.ts:12:11\n  hint: one machine is one host: list it under one name in all its groups",
    )
    expect(
      resolve({ ...base, groups: { lb: { hosts: { ...hosts, b: { address: '10.0.0.1', port: 23 } } } } }).hosts.size,
    ).toBe(2)
  })

  test('for a name that is no name', () => {
    for (const [name, hint] of [
      ['', 'a name has letters, digits, dots, dashes and underscores'],
      ['web one', 'a name has letters, digits, dots, dashes and underscores'],
      ['../web', 'a name has letters, digits, dots, dashes and underscores'],
      ['web[01:03]', 'a range is not expanded here: make the entries with Object.fromEntries and map'],
    ] as const) {
      expect(failure({ ...base, groups: { lb: { hosts: { [name]: {} } } } })).toBe(
        `'${name}' in group 'lb' is no name for a host\n  at inventories/prod.ts:8:9\n  hint: ${hint}`,
      )
    }
  })

  test.each([
    [{ port: 0 }, "'port': expected a port number from 1 to 65535"],
    [{ port: 70000 }, "'port': expected a port number from 1 to 65535"],
    [{ port: '22' }, "'port': expected a port number from 1 to 65535"],
    [{ transport: 'telnet' }, '\'transport\': Invalid option: expected one of "ssh"|"local"'],
    [{ password: 'plain' }, "'password': expected a secret: write secret('…'), so that it is never shown"],
    [{ become: 1 }, "'become': expected true, false or the name of a user"],
    [{ user: 'a b' }, "'user': expected a name without blanks"],
    [{ address: 'root@10.0.0.1' }, "'address': expected a host name or an IP address, without port, user and brackets"],
    [{ address: '' }, "'address': expected a host name or an IP address, without port, user and brackets"],
  ])('for a connection setting that cannot be: %j', (entry, message) => {
    expect(failure({ ...base, groups: { lb: { hosts: { lb1: entry } } } })).toBe(
      `host 'lb1': ${message}\n  at inventories/prod.ts:9:11\n  hint: it is given in host 'lb1' of group 'lb'`,
    )
  })

  test('for parts that are not what they should be', () => {
    expect(failure({ ...base, groups: { lb: { host: {} } } })).toBe(
      "'groups.lb.host' is not known\n  at inventories/prod.ts:7:7\n  hint: did you mean 'hosts'?",
    )
    expect(failure({ ...base, groups: { lb: { hosts: { lb1: '10.0.0.1' } } } })).toBe(
      "'groups.lb.hosts.lb1': expected an object\n  at inventories/prod.ts:8:9",
    )
    expect(failure({ ...base, groups: { lb: { children: 'nodes' } } })).toBe(
      "'groups.lb.children': expected array, received string\n  at inventories/prod.ts:7:7",
    )
  })

  test('for a site that declares a variable with the name of a connection setting', () => {
    const world = site({ vars: z.object({}), groups: { masters: z.object({ port: z.int() }) } })
    expect(failure({ vars: {}, groups: {} }, { world: world as never })).toBe(
      "group 'masters' declares a variable 'port', which is the name of a connection setting\n  hint: connection settings are user, port, transport, privateKeys, password, knownHosts, hostKeys, jumpHosts, proxyCommand, become, becomeUser, becomeMethod, becomePassword, address",
    )
  })
})

describe('an inventory of a lab', () => {
  const lab = (subnet: string, entry: object) => ({
    ...base,
    lab: { subnet },
    groups: { lb: { hosts: { lb1: entry } } },
  })

  test('has every host in its subnet', () => {
    expect(resolve(lab('10.77.0.0/24', { address: '10.77.0.2' })).lab).toEqual({ subnet: '10.77.0.0/24' })
    expect(failure(lab('10.77.0.0/24', { address: '10.78.0.2' }))).toBe(
      "lab host 'lb1' has no address in the lab's subnet 10.77.0.0/24\n  at inventories/prod.ts:12:11\n  hint: give it an address from 10.77.0.2 to 10.77.0.254",
    )
  })

  test('is refused where a host has no address, or that of this machine', () => {
    expect(failure(lab('10.77.0.0/24', {}))).toBe(
      "lab host 'lb1' has no address in the lab's subnet 10.77.0.0/24\n  at inventories/prod.ts:11:9\n  hint: give it an address from 10.77.0.2 to 10.77.0.254",
    )
    expect(failure(lab('10.77.0.0/24', { address: '10.77.0.1' }))).toBe(
      "lab host 'lb1': 10.77.0.1 is the address of this machine in the lab\n  at inventories/prod.ts:12:11\n  hint: give it an address from 10.77.0.2 to 10.77.0.254",
    )
  })

  test.each(['10.77.0.0/16', '8.8.8.0/24', '10.77.0.0', 'x'])('is refused for the subnet %s', (subnet) => {
    expect(failure(lab(subnet, { address: '10.77.0.2' }))).toBe(
      `lab subnet '${subnet}' is not a private /24\n  at inventories/prod.ts:6:5\n  hint: write it as '10.77.0.0/24'`,
    )
  })
})

test('ten thousand hosts resolve in a second', () => {
  const hosts = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`m${i}`, { etcdName: `etcd${i}` }]))
  const start = performance.now()
  resolve({ ...base, groups: { masters: { hosts }, k8s: { children: ['masters'] } } })
  expect(performance.now() - start).toBeLessThan(1000)
})
