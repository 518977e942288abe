// Large inventories: how long it takes to load one and to ask it for the hosts of a pattern, and how that grows.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { measure, median } from './measure.ts'

/** Prints a line of the table. */
export type Row = (what: string, measured: string, target: string, met: boolean) => void

const formats = ['ini', 'yml', 'ts'] as const

/** 1,000 and 10,000 hosts in groups of fifty, in each format. */
export async function largeInventories(bin: string, scratch: string, row: Row, rounds = 5): Promise<void> {
  const run = async (name: string): Promise<{ seconds: number; megabytes: number }> => {
    const runs = []
    for (let round = 0; round < rounds; round++)
      runs.push(
        await measure(process.execPath, [bin, 'list', 'hosts', 'web*:&prod:!db', '-i', path.join(scratch, name)]),
      )
    return {
      seconds: median(runs.map(({ seconds }) => seconds)),
      megabytes: Math.max(...runs.map(({ megabytes }) => megabytes)),
    }
  }
  writeFileSync(path.join(scratch, 'none.ini'), '[web]\n[prod]\n[db]\n')
  const start = await run('none.ini')
  for (const format of formats) {
    for (const hosts of [1000, 10_000]) writeFileSync(path.join(scratch, `${hosts}.${format}`), texts[format](hosts))
    const [small, large] = [await run(`1000.${format}`), await run(`10000.${format}`)]
    const [first, second] = [small.seconds - start.seconds, large.seconds - start.seconds]
    row(
      `10,000 hosts, .${format}`,
      `${large.seconds.toFixed(2)} s, ${large.megabytes.toFixed(0)} MB (1,000: ${small.seconds.toFixed(2)} s)`,
      'under 1.50 s, 400 MB; time grows at most as hosts do',
      // a process starts sooner or later by some hundredths of a second, whatever it reads
      large.seconds < 1.5 && large.megabytes < 400 && second <= 12 * Math.max(first, 0.05),
    )
  }
}

interface Group {
  readonly name: string
  readonly rack: string
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly weight: number }[]
}

/** web0, db1, app2, web3, …; every second one is in prod, every one named db in db. */
const groupsOf = (count: number): Group[] =>
  Array.from({ length: count / 50 }, (_, group) => ({
    name: `${['web', 'db', 'app'][group % 3]}${group}`,
    rack: `r${group}`,
    hosts: Array.from({ length: 50 }, (_, host) => ({
      name: `h${group * 50 + host}`,
      address: `10.${group >> 8}.${group & 255}.${host + 1}`,
      weight: host,
    })),
  }))

const nesting = (groups: readonly Group[]): { prod: string[]; db: string[] } => ({
  prod: groups.filter((_, index) => index % 2 === 0).map(({ name }) => name),
  db: groups.filter(({ name }) => name.startsWith('db')).map(({ name }) => name),
})

const texts: Record<(typeof formats)[number], (count: number) => string> = {
  ini(count) {
    const groups = groupsOf(count)
    const lines = groups.flatMap(({ name, rack, hosts }) => [
      `[${name}:vars]`,
      `rack=${rack}`,
      `[${name}]`,
      ...hosts.map((host) => `${host.name} ansible_host=${host.address} weight=${host.weight}`),
    ])
    const { prod, db } = nesting(groups)
    return [...lines, '[prod:children]', ...prod, '[db:children]', ...db, ''].join('\n')
  },
  yml(count) {
    const groups = groupsOf(count)
    const lines = groups.flatMap(({ name, rack, hosts }) => [
      `${name}:`,
      `  vars: {rack: ${rack}}`,
      '  hosts:',
      ...hosts.flatMap((host) => [
        `    ${host.name}:`,
        `      ansible_host: ${host.address}`,
        `      weight: ${host.weight}`,
      ]),
    ])
    const children = Object.entries(nesting(groups)).flatMap(([name, inner]) => [
      `${name}:`,
      '  children:',
      ...inner.map((child) => `    ${child}:`),
    ])
    return [...lines, ...children, ''].join('\n')
  },
  ts(count) {
    const groups = groupsOf(count)
    const { prod, db } = nesting(groups)
    const entries = groups.map(({ name, rack, hosts }) => {
      const lines = hosts.map((host) => `      ${host.name}: { address: '${host.address}', weight: ${host.weight} },`)
      return `    ${name}: { vars: { rack: '${rack}' }, hosts: {\n${lines.join('\n')}\n    } },`
    })
    return `import { inventory, site, z } from 'tsplay'
const member = z.object({ rack: z.string(), weight: z.number() })
const names = ${JSON.stringify(groups.map(({ name }) => name))}
const world = site({
  vars: z.object({}),
  groups: { ...Object.fromEntries(names.map((name) => [name, member])), prod: z.object({}), db: z.object({}) },
})
export default inventory(world, {
  vars: {},
  groups: {
${entries.join('\n')}
    prod: { children: ${JSON.stringify(prod)} },
    db: { children: ${JSON.stringify(db)} },
  },
})
`
  },
}
