import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { secret } from '../../engine/secret.ts'
import { editSection } from '../../modules/common/repo-section.ts'
import { type YumRepositoryParams, yumRepository } from '../../modules/yum-repository.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'
import { nastyTexts, shellsHere } from '../support/shells.ts'

const kubernetes = {
  name: 'kubernetes',
  description: 'Kubernetes',
  baseurl: 'https://mirrors.aliyun.com/kubernetes/yum/repos/kubernetes-el$releasever-$basearch/',
  gpgcheck: true,
  repoGpgcheck: false,
  gpgkey: ['https://example.org/yum-key.gpg', 'https://example.org/rpm-package-key.gpg'],
}

describe('yumRepository', () => {
  it.each(shellsHere)('writes what dnf shall fill in as it stands (B05, $name)', async ({ argv: shell }) => {
    const reposdir = folderHere()
    await settleHere(yumRepository({ ...kubernetes, reposdir }), { shell })
    expect(readFileSync(join(reposdir, 'kubernetes.repo'), 'utf8')).toBe(`[kubernetes]
baseurl = https://mirrors.aliyun.com/kubernetes/yum/repos/kubernetes-el$releasever-$basearch/
gpgcheck = 1
gpgkey = https://example.org/yum-key.gpg
\thttps://example.org/rpm-package-key.gpg
name = Kubernetes
repo_gpgcheck = 0

`)
    expect(statSync(join(reposdir, 'kubernetes.repo')).mode & 0o777).toBe(0o644)
  })

  it('leaves a section that says the same in other words (M09)', async () => {
    const reposdir = folderHere()
    const file = join(reposdir, 'kubernetes.repo')
    const text = `# by hand
[kubernetes]
name=Kubernetes
; a remark
baseurl=${kubernetes.baseurl}
gpgcheck = yes
repo_gpgcheck: False
gpgkey=https://example.org/yum-key.gpg https://example.org/rpm-package-key.gpg
`
    writeFileSync(file, text)
    await expectSettled(yumRepository({ ...kubernetes, reposdir }))
    await settleHere(yumRepository({ ...kubernetes, enabled: false, reposdir }))
    expect(readFileSync(file, 'utf8')).toMatch(/^# by hand\n\[kubernetes\]\nbaseurl = [\s\S]*\nenabled = 0\n/)
    // what is not asked for goes
    await settleHere(yumRepository({ ...kubernetes, reposdir }))
    expect(readFileSync(file, 'utf8')).not.toContain('enabled')
  })

  it('changes one section of several, and removes the file with its last one (B06)', async () => {
    const reposdir = folderHere()
    const file = join(reposdir, 'power.repo')
    const others = ['[base]\nname=Base\nbaseurl=http://a/\n', '[extras]\nname = Extras\n  of all\n']
    writeFileSync(file, `${others[0]}\n[PowerTools-old]\nname=old\n\n${others[1]}`)
    await settleHere(yumRepository({ name: 'PowerTools', file: 'power', baseurl: 'http://p/', reposdir }))
    await settleHere(yumRepository({ name: 'PowerTools-old', file: 'power', state: 'absent', reposdir }))
    expect(readFileSync(file, 'utf8')).toBe(
      `${others[0]}\n${others[1]}\n[PowerTools]\nbaseurl = http://p/\nname = PowerTools\n\n`,
    )
    await settleHere(yumRepository({ name: 'base', file: 'power', baseurl: 'http://b/', reposdir }))
    expect(readFileSync(file, 'utf8')).toMatch(
      /^\[base\]\nbaseurl = http:\/\/b\/\nname = base\n\n\[extras\]\nname = Extras\n {2}of all\n/,
    )
    for (const name of ['base', 'PowerTools'])
      await settleHere(yumRepository({ name, file: 'power', state: 'absent', reposdir }))
    await expectSettled(yumRepository({ name: 'nosuch', file: 'power', state: 'absent', reposdir }))
    await settleHere(yumRepository({ name: 'extras', file: 'power', state: 'absent', reposdir }))
    expect(readdirSync(reposdir)).toEqual([])
    await expectSettled(yumRepository({ name: 'extras', file: 'power', state: 'absent', reposdir }))
  })

  it('writes every option by the name that dnf has for it', async () => {
    const reposdir = folderHere()
    const all: YumRepositoryParams = {
      ...{ name: 'x', description: 'All of it', mirrorlist: 'http://m/', metalink: 'http://l/', gpgcheck: false },
      ...{ exclude: ['a*', 'b'], includepkgs: 'c', priority: 1, cost: 2, sslverify: false, moduleHotfixes: true },
      ...{
        skipIfUnavailable: true,
        metadataExpire: '6h',
        proxy: '_none_',
        username: 'me',
        options: { retries: 3, countme: false },
      },
      ...{ enabled: true, reposdir, owner: 'root', mode: 'u=rw,go=' },
    }
    await settleHere(yumRepository(all))
    expect(readFileSync(join(reposdir, 'x.repo'), 'utf8').split('\n')).toEqual([
      ...['[x]', 'cost = 2', 'countme = 0', 'enabled = 1', 'exclude = a* b', 'gpgcheck = 0', 'includepkgs = c'],
      ...[
        'metadata_expire = 6h',
        'metalink = http://l/',
        'mirrorlist = http://m/',
        'module_hotfixes = 1',
        'name = All of it',
      ],
      ...[
        'priority = 1',
        'proxy = _none_',
        'retries = 3',
        'skip_if_unavailable = 1',
        'sslverify = 0',
        'username = me',
        '',
        '',
      ],
    ])
    expect(statSync(join(reposdir, 'x.repo')).mode & 0o777).toBe(0o600)
  })

  it('hides a password, from others on the host as well', async () => {
    const reposdir = folderHere()
    const action = yumRepository({ name: 'x', baseurl: 'http://h/', password: secret('very secret'), reposdir })
    const { differences } = await settleHere(action)
    expect(JSON.stringify(differences)).not.toContain('very secret')
    expect(readFileSync(join(reposdir, 'x.repo'), 'utf8')).toContain('password = very secret\n')
    expect(statSync(join(reposdir, 'x.repo')).mode & 0o777).toBe(0o600)
    const other = await settleHere(
      yumRepository({ name: 'x', baseurl: 'http://h/', password: secret('another'), reposdir }),
    )
    expect(JSON.stringify(other.differences)).not.toMatch(/very secret|another/)
    expect(() => yumRepository({ name: 'x', baseurl: 'http://h/', password: secret('a\nb') })).toThrow(
      "'password': is one line",
    )
  })

  describe('that must answer before it is written', () => {
    /** A yum that answers for these addresses only, and notes what it is asked. */
    const yum = (...addresses: string[]) => {
      const folder = folderHere()
      const text = `#!/bin/sh
echo "$*" >> ${folder}/calls
for each; do case $each in --setopt=reposdir=*) dir=\${each#*reposdir=} ;; esac; done
stat -c %a "$dir" >> ${folder}/calls
for each in ${addresses.join(' ')}; do grep -qx "baseurl = $each" "$dir"/*.repo && exit 0; done
echo "Error: Failed to download metadata" >&2; exit 1
`
      writeFileSync(join(folder, 'yum'), text, { mode: 0o755 })
      return {
        shell: ['env', `PATH=${folder}:${process.env.PATH}`, `TMPDIR=${folder}`, 'sh'],
        calls: () => readFileSync(join(folder, 'calls'), 'utf8'),
        left: () => readdirSync(folder).filter((name) => name !== 'yum' && name !== 'calls'),
      }
    }
    const vendor = '[base]\nname=Base\nbaseurl=http://vendor/\n\n[extras]\nname=Extras\nbaseurl=http://vendor/extras\n'

    it('is there once it has answered, asked by itself and alone', async () => {
      const [reposdir, { shell, calls, left }] = [folderHere(), yum('http://good/')]
      writeFileSync(join(reposdir, 'base.repo'), vendor)
      await settleHere(yumRepository({ name: 'base', baseurl: 'http://good/', updateCache: true, reposdir }), { shell })
      expect(readFileSync(join(reposdir, 'base.repo'), 'utf8')).toContain('baseurl = http://good/')
      expect(calls()).toMatch(/^-y -q --setopt=reposdir=\S+ --disablerepo=\* --enablerepo=base makecache\n700\n$/)
      expect(left()).toEqual([])
    })

    it("is not written where it does not, and the vendor's own section stays, in each run anew", async () => {
      const [reposdir, { shell, left }] = [folderHere(), yum()]
      writeFileSync(join(reposdir, 'base.repo'), vendor)
      for (const name of ['base', 'docker']) {
        const action = yumRepository({ name, file: 'base', baseurl: 'http://down/', updateCache: true, reposdir })
        for (const _ of ['first', 'second']) {
          const { differences, output } = await runLocally(action, { shell })
          expect(differences.length).toBeGreaterThan(0)
          expect(output!.code).toBe(1)
          expect(output!.stderr).toBe(
            `the repository ${name} does not answer, so the host keeps those that it had: Error: Failed to download metadata\n`,
          )
        }
      }
      expect(readFileSync(join(reposdir, 'base.repo'), 'utf8')).toBe(vendor)
      expect(readdirSync(reposdir)).toEqual(['base.repo'])
      expect(left()).toEqual([])
    })

    it('is asked no more where it is as it was, or goes', async () => {
      const [reposdir, { shell, calls }] = [folderHere(), yum('http://good/')]
      const params = { name: 'base', baseurl: 'http://good/', reposdir }
      await settleHere(yumRepository({ ...params, updateCache: true }), { shell })
      const before = calls()
      await expectSettled(yumRepository({ ...params, updateCache: true }), { shell })
      await settleHere(yumRepository({ ...params, mode: '0600', updateCache: true }), { shell })
      await settleHere(yumRepository({ name: 'base', state: 'absent', updateCache: true, reposdir }), { shell })
      expect(calls()).toBe(before)
    })
  })

  it('settles whatever is written into it', async () => {
    for (const text of nastyTexts.filter((each) => !each.includes('\n'))) {
      const reposdir = folderHere()
      const action = yumRepository({
        name: 'x',
        description: text,
        baseurl: [text, 'http://h/'],
        gpgkey: text,
        reposdir,
      })
      await settleHere(action)
    }
  })

  it.each<[object, string]>([
    [{ name: 'x' }, "'baseurl': is needed, or mirrorlist, or metalink"],
    [{ name: 'a b', baseurl: 'x' }, '"a b" is not an id'],
    [{ name: 'x', file: '../x', baseurl: 'x' }, '"../x" is not an id'],
    [{ name: 'x', baseurl: 'a\nenabled=0' }, "'baseurl'"],
    [{ name: 'x', baseurl: 'a', priority: 0 }, "'priority'"],
    [{ name: 'x', baseurl: 'a', reposdir: 'etc' }, "'etc' is not an absolute path"],
    [{ name: 'x', baseurl: 'a', baseUrl: 'b' }, "unknown parameter 'baseUrl'"],
  ])('refuses %j', (params, message) => expect(() => yumRepository(params as never)).toThrow(message))

  it('says where the folder is missing', async () => {
    const reposdir = join(folderHere(), 'none')
    await expect(settleHere(yumRepository({ name: 'x', baseurl: 'a', reposdir }))).rejects.toThrow(
      /none is not a directory/,
    )
  })
})

describe('a section', () => {
  const wanted = new Map([['name', ['x']]])

  it.each([
    ['', '[x]\nname = x\n\n'],
    ['[a]\nname=a', '[a]\nname=a\n\n[x]\nname = x\n\n'],
    ['[a]\n\n', '[a]\n\n[x]\nname = x\n\n'],
    ['[x]\n[a]\n', '[x]\nname = x\n\n[a]\n'],
    ['[x]\nname=y\n\n# of a\n[a]\n', '[x]\nname = x\n\n# of a\n[a]\n'],
    ['[x] # why\nname = y\n', '[x]\nname = x\n\n'],
  ])('is written into %j', (before, after) => {
    expect(editSection(before, 'x', wanted)).toBe(after)
    expect(editSection(after, 'x', wanted)).toBe(after)
  })
})
