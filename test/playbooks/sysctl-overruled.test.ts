// Files of kernel parameters that are applied behind another: which there are, what they say against it, and what becomes of that.
import { mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { contentOf, contentText } from '../../engine/content.ts'
import type { Answers } from '../../engine/probe.ts'
import { overruled, withoutOthers } from '../../playbooks/roles/sysctl/overruled.ts'
import { runScript } from '../support/local-host.ts'
import { folderHere } from '../support/settle-here.ts'

const values = { 'net.ipv4.ip_forward': 1, 'net/ipv4/conf/eth0.100/rp_filter': 0, 'net.ipv4.tcp_rmem': '4096 1 2' }
const params = { file: '/etc/sysctl.d/99-k8s.conf', values }

describe('a line', () => {
  test.each([
    'net.ipv4.ip_forward = 0',
    'net.ipv4.ip_forward=0\r',
    '\t-net/ipv4/ip_forward\t=\t2',
    'net.ipv4.ip_forward =',
    'net.ipv4.conf.eth0/100.rp_filter=1',
    'net.ipv4.tcp_rmem = 4096 1 3',
  ])('that says otherwise is commented out, and that once: %j', (line) => {
    const text = `# above\n${line}\nvm.swappiness = 1\n`
    expect(withoutOthers(text, values)).toBe(`# above\n# ${line}\nvm.swappiness = 1\n`)
    expect(withoutOthers(withoutOthers(text, values), values)).toBe(withoutOthers(text, values))
  })

  test.each([
    'net.ipv4.ip_forward = 1',
    '-net.ipv4.ip_forward=1 ',
    'net.ipv4.tcp_rmem=4096\t1  2',
    '#net.ipv4.ip_forward = 0',
    '; net.ipv4.ip_forward = 0',
    'net.ipv4.ip_forward_update_priority = 0',
    'net.ipv4.conf.*.rp_filter = 1',
    'net.ipv4.ip_forward',
    '-net.ipv4.ip_forward',
    '',
  ])('that does not is left: %j', (line) => {
    expect(withoutOthers(line, values)).toBe(line)
  })
})

/** What the module finds where these files lie on a host. */
function found(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
  file = params.file,
) {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const answers = (({ kind, key }: { kind: { name: string }; key: never }) => {
    if (kind.name === 'link') return links[key] ?? null
    const { path: at } = key as { path: string }
    if (kind.name === 'file') return files[at] === undefined ? null : { sha256: '', content: bytes(files[at]) }
    const inside = Object.entries(files).filter(([name]) => path.dirname(name) === at)
    return inside.length === 0
      ? null
      : Object.fromEntries(inside.map(([name, text]) => [path.basename(name), { content: bytes(text) }]))
  }) as unknown as Answers
  const { module } = overruled
  const input = { ...params, file }
  const state = module.probe(input).read(answers)
  const desired = module.desired(input, state)!
  return Object.fromEntries(Object.entries(desired).map(([at, content]) => [at, contentText(content!)]))
}

const off = 'net.ipv4.ip_forward = 0\n'
const out = `# ${off}`

describe('a file', () => {
  test('of sysctl.conf counts, which is applied behind all others, and its link is not edited besides', () => {
    const files = { '/etc/sysctl.conf': off, '/etc/sysctl.d/99-sysctl.conf': off }
    expect(found(files, { '/etc/sysctl.d/99-sysctl.conf': '../sysctl.conf' })).toEqual({ '/etc/sysctl.conf': out })
    // one that is no link says the same for itself
    expect(found(files)).toEqual({ '/etc/sysctl.conf': out, '/etc/sysctl.d/99-sysctl.conf': out })
    expect(found(files, {}, '/etc/sysctl.d/k8s.conf')).toEqual({ '/etc/sysctl.conf': out })
  })

  test('of a later name counts, one of an earlier name or of none that is read does not', () => {
    const names = ['10-old', '99-k8s', '99-k8t', 'elastic', 'k8s']
    const files = Object.fromEntries(names.map((name) => [`/etc/sysctl.d/${name}.conf`, off]))
    const others = { '/etc/sysctl.d/zz.conf.rpmsave': off, '/etc/sysctl.d/README': off }
    expect(Object.keys(found({ ...files, ...others }))).toEqual(
      ['99-k8t', 'elastic', 'k8s'].map((name) => `/etc/sysctl.d/${name}.conf`),
    )
    expect(found(files, {}, '/etc/sysctl.d/k8s.conf')).toEqual({})
  })

  test('of a package is not edited, and a failure says which line wins and what can be done', () => {
    for (const folder of ['/usr/lib/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d'])
      expect(() => found({ [`${folder}/elastic.conf`]: `# x\n${off}` })).toThrow(
        `${folder}/elastic.conf is applied behind /etc/sysctl.d/99-k8s.conf, and undoes it: net.ipv4.ip_forward = 0`,
      )
    // hidden by one of its name
    expect(found({ '/usr/lib/sysctl.d/elastic.conf': off, '/etc/sysctl.d/elastic.conf': '# off\n' })).toEqual({})
    expect(found({ '/usr/lib/sysctl.d/99-k8s.conf': off })).toEqual({})
  })

  test('that says nothing against it is not even told of', () => {
    expect(
      found({ '/etc/sysctl.conf': 'vm.swappiness = 1\n', '/etc/sysctl.d/zz.conf': 'net.ipv4.ip_forward=1' }),
    ).toEqual({})
    expect(found({})).toEqual({})
  })
})

test('files keep their mode, links stay links, and bytes that are no text stay as they are', async () => {
  const folder = folderHere()
  const [at, link] = [path.join(folder, 'etc/sysctl.conf'), path.join(folder, 'link.conf')]
  mkdirSync(path.dirname(at))
  const before = Buffer.from(`\xe9\xff # latin\n${off}`, 'latin1')
  writeFileSync(at, before, { mode: 0o640 })
  symlinkSync('etc/sysctl.conf', link)
  const to = contentOf(Buffer.from(withoutOthers(before.toString('latin1'), values), 'latin1'))
  const from = contentOf(before)
  const change = { from: { [at]: from, [link]: from }, to: { [at]: to, [link]: to }, has: () => true }
  const ran = await runScript(overruled.module.apply(params, change as never))
  expect([ran.code, ran.stderr]).toEqual([0, ''])
  expect(readFileSync(at)).toEqual(Buffer.from(`\xe9\xff # latin\n${out}`, 'latin1'))
  expect([statSync(at).mode & 0o777, readlinkSync(link)]).toEqual([0o640, 'etc/sysctl.conf'])

  writeFileSync(at, 'of somebody else\n')
  const late = await runScript(overruled.module.apply(params, change as never))
  expect([late.code, readFileSync(at, 'utf8')]).toEqual([1, 'of somebody else\n'])
  expect(late.stderr).toContain('changed after it was read')
})

test('only a file that is read at boot can have the last word', () => {
  expect(() => overruled({ ...params, file: '/etc/k8s.conf' })).toThrow('expected a file that is read at boot')
})
