import { describe, expect, it } from 'vitest'
import { contentText } from '../../engine/content.ts'
import { type Script, sh } from '../../engine/script.ts'
import { type AptRepositoryParams, aptRepository } from '../../modules/apt-repository.ts'
import {
  changedFiles,
  readSourceFiles,
  sourceFilesAnswer,
  withoutSource,
  withSource,
} from '../../modules/common/apt-source-lines.ts'
import { nameFromUri, parseSourceLine } from '../../modules/common/apt-sources.ts'
import { expectSettles } from '../support/laws.ts'
import { passThrownAway } from '../support/pass-thrown-away.ts'
import { controlIn, folderHere } from '../support/settle-here.ts'
import { throwAwayRootLacks } from '../support/throw-away-root.ts'

const { module } = aptRepository
const prepared = (params: AptRepositoryParams) => module.prepare!(params, controlIn(folderHere()))

describe('a line of sources', () => {
  it.each([
    ['deb http://x.org/debian bookworm main', 'deb http://x.org/debian bookworm main'],
    [
      'deb  [ arch=amd64  signed-by=/k ]\thttp://x.org/debian  bookworm main contrib # why',
      'deb [arch=amd64 signed-by=/k] http://x.org/debian bookworm main contrib',
    ],
    ['deb-src file:/srv ./', 'deb-src file:/srv ./'],
    ['# deb http://x.org/debian bookworm main', undefined],
    ['deb http://x.org/debian bookworm', undefined],
    ['deb http://x.org/debian ./ main', undefined],
    ['rpm http://x.org/debian bookworm main', undefined],
    ['', undefined],
  ])('%j is %j', (line, text) => {
    expect(parseSourceLine(line)?.text).toBe(text)
  })

  it.each([
    ['https://user@download.docker.com/linux/debian/', 'download_docker_com_linux_debian'],
    ['file:/srv/repo', 'srv_repo'],
  ])('of %s goes to %s.list', (uri, name) => {
    expect(nameFromUri(uri)).toBe(name)
  })
})

describe('files of sources', () => {
  const line = 'deb http://x.org/debian bookworm main'
  const [list, own] = ['/etc/apt/sources.list', '/etc/apt/sources.list.d/x_org_debian.list']

  it('are read from one grep, and said again as it says them', () => {
    const files = { [list]: ['# a', '', line], [own]: [] }
    expect(readSourceFiles(sourceFilesAnswer(files).stdout)).toEqual(files)
    expect(readSourceFiles('')).toEqual({})
  })

  it('get a line that none of them has, enable the one that is commented out, and keep the one that is there', () => {
    expect(withSource({ [list]: ['# a'] }, line, own)).toEqual({ [list]: ['# a'], [own]: [line] })
    expect(withSource({ [list]: ['a', `#  ${line}`] }, line, own)).toEqual({ [list]: ['a', line] })
    const there = { [list]: ['deb   http://x.org/debian bookworm   main'] }
    expect(withSource(there, line, own)).toBe(there)
  })

  it('lose it wherever it is; a file that is empty then goes, but for sources.list', () => {
    const before = { [list]: [line], [own]: [line, `# ${line}`], '/etc/apt/sources.list.d/b.list': [line] }
    expect(changedFiles(before, withoutSource(before, line))).toEqual([
      [list, []],
      [own, [`# ${line}`]],
      ['/etc/apt/sources.list.d/b.list', null],
    ])
  })

  it('are not written where that would spoil what they hold', () => {
    const before = { [list]: ['# M\uFFFDnchen'] }
    expect(() => changedFiles(before, withSource(before, line, list))).toThrow(/not UTF-8/)
    expect(changedFiles(before, withSource(before, line, own))).toHaveLength(1)
  })
})

describe('a stanza of sources', () => {
  const common = { name: 'it', uris: 'https://x.org/debian', suites: 'bookworm', components: ['main', 'contrib'] }

  it.each<[AptRepositoryParams, string]>([
    [common, 'Types: deb\nURIs: https://x.org/debian\nSuites: bookworm\nComponents: main contrib\n'],
    [
      {
        ...common,
        types: ['deb', 'deb-src'],
        architectures: 'amd64',
        signedBy: '/usr/share/keyrings/x.gpg',
        enabled: false,
        trusted: true,
      },
      'Enabled: no\nTypes: deb deb-src\nURIs: https://x.org/debian\nSuites: bookworm\nComponents: main contrib\nArchitectures: amd64\nSigned-By: /usr/share/keyrings/x.gpg\nTrusted: yes\n',
    ],
    [
      { name: 'it', uris: ['file:/srv/a', 'file:/srv/b'], suites: './' },
      'Types: deb\nURIs: file:/srv/a file:/srv/b\nSuites: ./\n',
    ],
    [
      { ...common, key: 'https://x.org/key' },
      'Types: deb\nURIs: https://x.org/debian\nSuites: bookworm\nComponents: main contrib\nSigned-By: /etc/apt/keyrings/it.gpg\n',
    ],
  ])('of %j', async (params, text) => {
    const input = await prepared(params)
    const actual = { sources: null, keyring: null }
    const desired = module.desired(input, actual)
    expect(contentText(desired!.sources!)).toBe(text)
    expectSettles(module, input, actual)
    expectSettles(module, await prepared({ ...params, state: 'absent' }), { sources: desired!.sources, keyring: null })
  })
})

describe('aptRepository’s parameters', () => {
  it.each<[AptRepositoryParams, RegExp]>([
    [{}, /'name': is needed/],
    [{ name: 'x' }, /'uris': is needed/],
    [{ name: 'x', uris: 'http://x' }, /'suites': is needed/],
    [{ name: 'x', uris: 'http://x', suites: 'stable' }, /'components': is needed/],
    [{ name: 'x', uris: 'http://x', suites: 'stable/', components: 'main' }, /'components': a suite that is a path/],
    [{ name: 'x', uris: 'http://x y', suites: 's/' }, /'uris': .*holds blanks/],
    [{ name: 'x', uris: 'a\nTrusted:yes', suites: 's/' }, /'uris': .*holds blanks/],
    [{ name: 'x', uris: 'http://x', suites: 's/', key: 'k', signedBy: '/k' }, /give either key or signedBy/],
    [{ name: 'x', uris: 'http://x', suites: 's/', fingerprint: '0'.repeat(40) }, /'fingerprint': needs key/],
    [{ name: 'x.list', repo: 'deb http://x s main' }, /without its ending/],
    [{ name: '../x', repo: 'deb http://x s main' }, /'name'/],
    [{ repo: 'ppa:me/x' }, /'repo'.*: a ppa is known by Launchpad only/],
    [{ repo: 'deb http://me:word@x/debian s main' }, /'repo'.*: a password belongs into a file of its own/],
    [{ name: 'x', uris: 'http://me:word@x/debian', suites: 's/' }, /'uris': a password belongs/],
    [{ repo: 'deb http://x' }, /'repo'.*: "deb http:\/\/x" is not a source/],
    [{ repo: 'deb http://x s main\ndeb http://y s main' }, /'repo'.* is not a source/],
    [{ repo: 'deb http://x s main', key: 'k' }, /'key': belongs to a .sources file/],
  ])('%j: %s', (params, message) => {
    expect(() => aptRepository(params)).toThrow(message)
  })
})

const lacks = throwAwayRootLacks()

const pass = (
  params: AptRepositoryParams,
  { given, show, aptGet = 'exit 0' }: { given: Script; show: Script; aptGet?: string },
) =>
  passThrownAway(aptRepository(params), {
    given: sh`rm -rf /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/keyrings; mkdir -p /etc/apt/sources.list.d
${given}`,
    show,
    programs: { 'apt-get': aptGet },
  })

describe.skipIf(lacks)(`aptRepository on a root of its own${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  const line = 'deb [trusted=yes] http://x.org/debian bookworm main'
  const files = sh`cd /etc/apt; for f in sources.list sources.list.d/*; do if [ -e "$f" ]; then echo "== $f"; cat "$f"; fi; done`

  it('adds a line to a file named after the address', async () => {
    const run = await pass({ repo: line }, { given: sh`:`, show: files })
    expect(run).toMatchObject({ output: { code: 0 }, left: [] })
    expect(run.shown).toBe(`== sources.list.d/x_org_debian.list\n${line}\n`)
  }, 30_000)

  it('removes it from every file, and leaves what else they hold', async () => {
    const given = sh`printf '%s\n' '# mine' ${line} > /etc/apt/sources.list; echo ${line} > /etc/apt/sources.list.d/other.list`
    const run = await pass({ repo: line, state: 'absent' }, { given, show: files })
    expect(run).toMatchObject({ output: { code: 0 }, left: [], shown: '== sources.list\n# mine\n' })
  }, 30_000)

  it('puts the files back where the lists cannot be refreshed', async () => {
    const given = sh`printf 'old\n' > /etc/apt/sources.list.d/it.sources; chmod 600 /etc/apt/sources.list.d/it.sources`
    const params = { name: 'it', uris: 'http://x.org/debian', suites: './' }
    const aptGet = "echo 'E: no Release file' >&2; exit 100"
    const run = await pass(params, { given, show: sh`${files}; stat -c %a /etc/apt/sources.list.d/it.sources`, aptGet })
    expect(run.output).toMatchObject({ code: 100 })
    expect(run.output!.stderr.toString()).toBe(
      'E: no Release file\nthe package lists could not be refreshed, so the sources are as they were\n',
    )
    expect(run.shown).toBe('== sources.list.d/it.sources\nold\n600\n')
    const fresh = await pass({ repo: line }, { given: sh`:`, show: files, aptGet })
    expect(fresh).toMatchObject({ output: { code: 100 }, shown: '' })
  }, 30_000)

  it('writes a stanza, and removes it with its keyring', async () => {
    const params = { name: 'it', uris: 'http://x.org/debian', suites: './', updateCache: false }
    const run = await pass(params, { given: sh`:`, show: files, aptGet: 'exit 1' })
    expect(run).toMatchObject({ found: ['sources'], output: { code: 0 }, left: [] })
    expect(run.shown).toBe('== sources.list.d/it.sources\nTypes: deb\nURIs: http://x.org/debian\nSuites: ./\n')
    const given = sh`mkdir -p /etc/apt/keyrings; : > /etc/apt/keyrings/it.gpg; : > /etc/apt/sources.list.d/it.sources`
    const gone = await pass({ name: 'it', state: 'absent' }, { given, show: sh`${files}; ls /etc/apt/keyrings` })
    expect(gone).toMatchObject({ found: ['sources', 'keyring'], output: { code: 0 }, left: [], shown: '' })
  }, 30_000)
})
