import { describe, expect, test } from 'vitest'
import { formatError, TsplayError } from '../../engine/error.ts'
import { inventory, pattern, site, z } from '../../engine/index.ts'
import { limitTo } from '../../engine/inventory/limit.ts'
import { resolveInventory } from '../../engine/inventory/resolve-inventory.ts'
import { type HostPattern, selectHosts } from '../../engine/inventory/select-hosts.ts'
import { typedSource } from '../../engine/inventory/sources/typed-source.ts'
import { project } from '../load/project.ts'

const empty = z.object({})
const world = site({
  vars: empty,
  groups: { masters: empty, nodes: empty, k8s: empty, volume: empty, 'k8s-edge': empty },
})
const file = inventory(world, {
  vars: {},
  groups: {
    masters: { hosts: { m1: {}, m2: {}, m3: {} } },
    nodes: { hosts: { n1: {}, n2: {}, 'web.example': {}, 'fe80::7': {} } },
    k8s: { children: ['nodes', 'masters'] },
    'k8s-edge': { hosts: { n1: {} } },
  },
})
const hosts = resolveInventory(typedSource({ file, name: 'prod' }), world)
const select = (text: HostPattern): string =>
  selectHosts(hosts, text)
    .map(({ name }) => name)
    .join(' ')
const everyone = 'n1 n2 web.example fe80::7 m1 m2 m3'

const failure = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof TsplayError) return formatError(error)
    throw error
  }
  return expect.unreachable('it is taken')
}

describe('a pattern (A124) selects', () => {
  test.each([
    ['all', everyone],
    ['*', everyone],
    ['masters', 'm1 m2 m3'],
    ['k8s', 'n1 n2 web.example fe80::7 m1 m2 m3'],
    ['m2', 'm2'],
    ['m3,m1', 'm3 m1'],
    ['m3:m1:m3', 'm3 m1'],
    [' m3 , m1 ,', 'm3 m1'],
    ['m*', 'm1 m2 m3'],
    ['m?', 'm1 m2 m3'],
    ['*.example', 'web.example'],
    ['[mn]2', 'm2 n2'],
    ['[!m]2', 'n2'],
    ['node*', 'n1 n2 web.example fe80::7'],
    ['zz*', ''],
    ['~m[12]', 'm1 m2'],
    ['~(m|n)1$', 'm1 n1'],
    ['~m{1,2}\\d:n1', 'm1 m2 m3 n1'],
    ['~(?:m|n)1', 'm1 n1'],
    ['~example', ''],
    ['~.*example', 'web.example'],
    ['k8s:&masters', 'm1 m2 m3'],
    ['k8s:!masters', 'n1 n2 web.example fe80::7'],
    ['all,!nodes,!m2', 'm1 m3'],
    ['!nodes:all', 'm1 m2 m3'],
    ['!nodes', 'm1 m2 m3'],
    ['&nodes', 'n1 n2 web.example fe80::7'],
    ['masters:nodes:&k8s-edge:!n1', ''],
    ['masters[0]', 'm1'],
    ['masters[-1]', 'm3'],
    ['masters[7]', ''],
    ['masters[0:1]', 'm1 m2'],
    ['masters[1:]', 'm2 m3'],
    ['masters[:1]', 'm1 m2'],
    ['masters[-2:]', 'm2 m3'],
    ['masters[1:-1]', 'm2 m3'],
    ['masters[0]:nodes[0]', 'm1 n1'],
    ['m*[1]', 'm2'],
    ['k8s:!masters[1:2]', 'n1 n2 web.example fe80::7 m1'],
    ['volume', ''],
    ['volume[0]', ''],
    ['k8s-edge', 'n1'],
    ['fe80::7', 'fe80::7'],
    ['m1:fe80::7:n1', 'm1 fe80::7 n1'],
    ['nodes:!fe80::7', 'n1 n2 web.example'],
    ['ungrouped', ''],
    ['localhost', 'localhost'],
    ['127.0.0.1', 'localhost'],
    ['::1', 'localhost'],
    ['all:localhost', `${everyone} localhost`],
  ])('%s', (text, expected) => {
    expect(select(text)).toBe(expected)
  })

  test('the same whether it is text, a pattern or a list of them', () => {
    expect(select(pattern('k8s:&masters'))).toBe('m1 m2 m3')
    expect(select(['masters[0]', 'n2', pattern('web*')])).toBe('m1 n2 web.example')
    expect(select(['k8s', pattern('!nodes')])).toBe('m1 m2 m3')
  })
})

describe('a pattern is refused', () => {
  test.each([
    ['mastres', "'mastres' is neither a group nor a host of inventory 'prod'\n  hint: did you mean 'masters'?"],
    ['all:!volum', "'volum' is neither a group nor a host of inventory 'prod'\n  hint: did you mean 'volume'?"],
    ['mastres[0]', "'mastres' is neither a group nor a host of inventory 'prod'\n  hint: did you mean 'masters'?"],
    ['~(m', "'~(m' is not a regular expression: Unterminated group"],
    ['[z-a]*', "'[z-a]*' is not a glob\n  hint: a glob has *, ? and sets such as [abc] or [a-f]"],
    ['', "the host pattern is empty\n  hint: 'all' means every host"],
    [',', "the host pattern is empty\n  hint: 'all' means every host"],
  ])('%s', (text, message) => {
    expect(failure(() => select(text))).toBe(message)
  })

  test('as an empty list', () => {
    expect(failure(() => select([]))).toBe("the host pattern is empty\n  hint: 'all' means every host")
  })
})

describe('--limit (A125)', () => {
  const limited = async (text: string, cwd?: string) =>
    (await limitTo(hosts, text, cwd))(selectHosts(hosts, 'k8s')).map(({ name }) => name)
  const refused = async (text: string, cwd?: string) =>
    formatError((await limited(text, cwd).catch((error: unknown) => error)) as TsplayError)

  test('leaves hosts of a play in the play’s order', async () => {
    expect(await limited('m1,n1')).toEqual(['n1', 'm1'])
    expect(await limited('!nodes')).toEqual(['m1', 'm2', 'm3'])
  })

  test('is read from a file, a pattern on each line', async () => {
    const cwd = project({
      'retry.txt': '# failed last time\nm1\n\nn2 # slow\nfe80::7\n',
      'empty.txt': '# nothing\n',
    })
    expect(await limited('@retry.txt', cwd)).toEqual(['n2', 'fe80::7', 'm1'])
    expect(await refused('@empty.txt', cwd)).toContain("--limit '@empty.txt' leaves no hosts")
    expect(await refused('@gone.txt', cwd)).toBe("--limit: cannot read 'gone.txt': no such file")
  })

  test('is refused where it leaves no hosts, and for an unknown name', async () => {
    expect(await refused('masters:&nodes')).toBe(
      "--limit 'masters:&nodes' leaves no hosts\n  hint: tsplay list hosts <playbook.ts> shows what there is",
    )
    expect(await refused('')).toContain("--limit '' leaves no hosts")
    expect(await refused('m9')).toBe(
      "'m9' is neither a group nor a host of inventory 'prod'\n  hint: did you mean 'm1'?",
    )
  })
})
