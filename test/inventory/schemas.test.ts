import { describe, expect, test } from 'vitest'
import { site, z } from '../../engine/index.ts'
import { isSecret, reveal, type Secret } from '../../engine/secret.ts'
import { namesIn, opened, refused, varsOf } from './opened.ts'

const cluster = site({
  vars: z.object({ apiHost: z.string(), version: z.string().default('1.0'), debug: z.boolean().default(false) }),
  groups: {
    masters: z.object({
      etcdName: z.string(),
      weight: z.int().default(1),
      token: z.custom<Secret>(isSecret).optional(),
    }),
    nodes: z.object({}),
  },
})
const of = (text: string, name = 'hosts.yml') => ({ [name]: text })

test.each([
  [{ groups: {} }, "site: 'vars' is not given", 'vars: z.object({})'],
  [{ vars: z.object({}) }, "site: 'groups' is not given", 'groups: { web: z.object({ … }) }'],
  [{ vars: { domain: z.string() }, groups: {} }, "site: 'vars' is no schema of an object", 'vars: z.object({ … })'],
  [
    { vars: z.object({}), groups: { web: z.string() } },
    "site: 'groups.web' is no schema of an object",
    'web: z.object({ … })',
  ],
  [{ vars: z.object({}), groups: { web: undefined } }, "site: 'groups.web' is not given", 'web: z.object({})'],
  [{ vars: z.object({}), groups: {}, group: {} }, "site: there is no option 'group'", "did you mean 'groups'?"],
])('a site that is none is refused where it is written: %#', (spec, message, hint) => {
  expect(() => site(spec as never)).toThrow(expect.objectContaining({ message, hint }))
})

describe('the schemas of a site check any inventory (X01)', () => {
  test('and give it its types: what was written counts where a text is wanted', async () => {
    const found = await opened(
      of(
        'masters: {hosts: {m1: {etcdName: e1, weight: 2, token: 0123}}}\nall: {vars: {apiHost: lb, version: 1.10, debug: yes}}\n',
      ),
      { site: cluster },
    )
    const { vars } = found.hosts.get('m1') as unknown as { vars: Record<string, unknown> }
    expect(vars).toMatchObject({ apiHost: 'lb', version: '1.10', debug: true, etcdName: 'e1', weight: 2 })
    expect(reveal(vars.token as Secret)).toBe('0123')
    expect(varsOf(found, 'm1').token).toBe('***')
  })

  test('also what the command line gives', async () => {
    const found = await opened(of('masters: {hosts: {m1: {etcdName: e1}}}\n'), {
      site: cluster,
      extraVars: { apiHost: 'lb', token: 'abc', debug: 'yes' },
    })
    const { vars } = found.hosts.get('m1') as unknown as { vars: Record<string, unknown> }
    expect([reveal(vars.token as Secret), vars.debug]).toEqual(['abc', true])
  })

  test('also where INI knows texts only', async () => {
    const found = await opened(
      of(
        '[masters]\nm1 etcdName=01 weight=3\n[all:vars]\napiHost=10\nversion=1.20\ndebug=true\n[nodes]\n',
        'hosts.ini',
      ),
      { site: cluster },
    )
    expect(found.hosts.get('m1')?.vars).toMatchObject({
      apiHost: '10',
      version: '1.20',
      debug: true,
      etcdName: '01',
      weight: 3,
    })
  })

  test.each([
    ['mastres: {hosts: {m1: }}', "unknown group 'mastres'\n  at hosts.yml:1:1\n  hint: did you mean 'masters'?"],
    [
      'masters:\n  children: {node: }\n',
      "group 'masters' contains 'node', which is no group\n  at hosts.yml:2:14\n  hint: did you mean 'nodes'?",
    ],
    [
      'masters: {hosts: {m1: {etcdNam: e}}}',
      "unknown variable 'etcdNam' in host 'm1' of group 'masters'\n  at hosts.yml:1:24\n  hint: did you mean 'etcdName'?",
    ],
    [
      'masters: {hosts: {m1: {port: 22}}}',
      "unknown variable 'port' in host 'm1' of group 'masters'\n  at hosts.yml:1:24\n  hint: as a connection setting it is called tsplay_port here",
    ],
    [
      'masters: {hosts: {m1: }}\nall: {vars: {apiHost: x}}',
      "host 'm1': variable 'etcdName' of group 'masters' is missing\n  at hosts.yml:1:19",
    ],
    [
      'masters:\n  hosts:\n    m1: {etcdName: e, weight: heavy}\nall: {vars: {apiHost: x}}',
      "host 'm1': variable 'weight' of group 'masters': expected number, received string\n  at hosts.yml:3:23\n  hint: it is given in host 'm1' of group 'masters'",
    ],
    [
      'nodes: {hosts: {n1: {weight: 1}}}',
      "unknown variable 'weight' in host 'n1' of group 'nodes'\n  at hosts.yml:1:22\n  hint: 'weight' is a variable of group 'masters'",
    ],
  ])('%j is refused with place and suggestion', async (text, message) => {
    expect((await refused(of(text), { site: cluster })).slice(0, message.length)).toBe(message)
  })

  test('also the files of group_vars and host_vars', async () => {
    const files = {
      'hosts.ini': '[masters]\nm1 etcdName=e\n[all:vars]\napiHost=x\n',
      'group_vars/masters.yml': '\nwieght: 3\n',
    }
    expect(await refused(files, { site: cluster })).toBe(
      "unknown variable 'wieght' in group_vars/masters.yml\n  at group_vars/masters.yml:2:1\n  hint: did you mean 'weight'?",
    )
    const { 'group_vars/masters.yml': _group, ...rest } = files
    expect(await refused({ ...rest, 'host_vars/m1.yml': 'wieght: 3\n' }, { site: cluster })).toBe(
      "unknown variable 'wieght' in host_vars/m1.yml\n  at host_vars/m1.yml:1:1\n  hint: did you mean 'weight'?",
    )
  })

  test('groups that it does not name are taken where it says so', async () => {
    const open = site({ ...cluster, otherGroups: z.looseObject({ rack: z.string().optional() }) })
    const files = of(
      'masters: {hosts: {m1: {etcdName: e}}}\nk8s: {children: {masters: }, vars: {rack: r1, more: 1}}\nall: {vars: {apiHost: x}}',
    )
    const found = await opened(files, { site: open })
    expect(found.hosts.get('m1')).toMatchObject({ groups: ['k8s', 'masters'], vars: { rack: 'r1', more: 1 } })
    expect(await refused(files, { site: cluster })).toMatch(/^unknown group 'k8s'/)
  })

  test('Ansible’s own variables need no schema', async () => {
    const found = await opened(
      of(
        '[masters]\nm1 etcdName=e ansible_host=10.0.0.1 ansible_python_interpreter=/usr/bin/python3\n[all:vars]\napiHost=x\n',
        'hosts.ini',
      ),
      { site: cluster },
    )
    expect(found.hosts.get('m1')).toMatchObject({ address: '10.0.0.1', vars: { etcdName: 'e' } })
  })

  test('a typed inventory and others may be given together', async () => {
    const found = await opened(
      {
        'typed.ts': `import { inventory, site, z } from 'tsplay'
const world = site({ vars: z.object({}), groups: { web: z.object({ weight: z.number().default(1) }) } })
export default inventory(world, { vars: {}, groups: { web: { hosts: { w1: { user: 'ops' } } } } })`,
        'more.ini': '[web]\nw1 ansible_user=root weight=7\nw2\n',
      },
      { names: ['./typed.ts', './more.ini'] },
    )
    expect(namesIn(found, 'web')).toEqual(['w1', 'w2'])
    expect(found.hosts.get('w1')).toMatchObject({ connection: { user: 'root' }, vars: { weight: 7 } })
    expect(varsOf(found, 'w1')).toEqual({ weight: 7 })
  })
})

describe('one machine under two names', () => {
  test('is a warning outside of typed inventories', async () => {
    const { warnings } = await opened(of('[web]\na ansible_host=10.0.0.1\nb ansible_host=10.0.0.1\n', 'hosts.ini'))
    expect(warnings).toEqual([
      {
        message: "hosts 'a' and 'b' have the same address 10.0.0.1, port 22",
        place: { file: 'hosts.ini', line: 3, column: 3 },
        hint: 'their tasks run on one machine at the same time',
      },
    ])
  })

  test('so is a name that a group and a host have', async () => {
    const { warnings } = await opened(of('[lb]\nlb\nlb2\n[volume]\nvolume\n', 'hosts.ini'))
    expect(warnings.map(({ message }) => message)).toEqual([
      "'lb' is a group and a host; in a pattern it means the group",
    ])
  })
})
