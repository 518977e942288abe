// apt and what belongs to it, working copies, builds and Python's packages on a real host, with small repositories of its own:
// quick, without a network, and exact. npm is tried on the machine itself (test/modules/npm.test.ts).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import { type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import {
  apt,
  aptKey,
  aptRepository,
  debconf,
  dpkgSelections,
  git,
  make,
  pip,
  package as pkg,
} from '../../modules/index.ts'
import { tinyRepository } from '../support/debian-packages.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = {
  name: 'mdebian',
  subnet: '10.93.0.0/24',
  hosts: [{ name: 'one', address: '10.93.0.11' }],
  packages: ['git', 'make', 'python3-venv'],
}
const { folder, run, converge } = oneHost(spec, lacks)

const ok = { output: { code: 0 } }
const nothing = { changed: [] }
const repo = 'deb [trusted=yes] file:/srv/repo ./'
const versions = async () =>
  (
    await run(
      sh`dpkg-query -W -f '\${Package}=\${Version} \${db:Status-Abbrev}\n' 'tiny-*' 2>/dev/null | sed -n 's/ ii *$//p' | sort | tr '\n' ' '`,
    )
  ).stdout.trim()

describe(lacks ? `packages of Debian (skipped: ${lacks})` : 'packages of Debian', () => {
  here('aptRepository adds a line, and takes one back that has no lists (M08)', async () => {
    const packages = [
      { name: 'tiny-a', version: '1.0' },
      { name: 'tiny-a', version: '1.5' },
      { name: 'tiny-a', version: '2.0' },
      { name: 'tiny-b', version: '1.0', fields: ['Depends: tiny-c'] },
      { name: 'tiny-c', version: '1.0' },
      { name: 'tiny-d', version: '1.0', fields: ['Recommends: tiny-c'] },
      { name: 'tiny-d', version: '1.1', fields: ['Recommends: tiny-c'] },
      { name: 'tiny-e', version: '1.0', conf: true },
      { name: 'tiny-e', version: '1.1', conf: true },
    ]
    await run(sh`mkdir /root/apt && mv /etc/apt/sources.list* /root/apt/; mkdir /etc/apt/sources.list.d
${sh.raw(tinyRepository('/srv/repo', packages))}`)
    expect(await converge(aptRepository({ repo }))).toMatchObject({ changed: [`lines.${repo}`], ...ok })
    expect(await converge(aptRepository({ repo: [`deb  [ trusted=yes ] file:/srv/repo ./`] }))).toMatchObject(nothing)
    expect(await converge(apt({ updateCache: true }))).toMatchObject(nothing)
    const broken = await converge(
      aptRepository({ name: 'broken', uris: 'file:/srv/none', suites: './', trusted: true }),
    )
    expect(broken.output).toMatchObject({ code: 100, stderr: expect.stringContaining('the sources are as they were') })
    expect((await run(sh`ls /etc/apt/sources.list.d`)).stdout).toBe('srv_repo.list')
  })

  here('apt goes to a version, to the latest, and back only where asked (M08)', async () => {
    expect(await converge(apt({ name: 'tiny-a=1.0' }))).toMatchObject({ changed: ['packages.tiny-a'], ...ok })
    expect(await converge(apt({ name: 'tiny-a' }))).toMatchObject(nothing)
    expect(await converge(apt({ name: 'tiny-a=1.*' }))).toMatchObject(nothing)
    expect(await converge(apt({ name: 'tiny-a', state: 'latest' }))).toMatchObject(ok)
    expect(await versions()).toBe('tiny-a=2.0')
    expect((await converge(apt({ name: 'tiny-a=1.5' }))).output).toMatchObject({ code: 100 })
    expect(await converge(apt({ name: 'tiny-a=1.5', allowDowngrade: true }))).toMatchObject(ok)
    expect(await converge(apt({ name: ['tiny-a', 'tiny-d'], state: 'latest', onlyUpgrade: true }))).toMatchObject(ok)
    expect(await versions()).toBe('tiny-a=2.0')
    expect(await converge(apt({ name: 'tiny-d=1.0', installRecommends: false }))).toMatchObject(ok)
    expect(await versions()).toBe('tiny-a=2.0 tiny-d=1.0')
    expect(await converge(pkg({ name: ['tiny-a', 'tiny-d=1.0'] }))).toMatchObject(nothing)
    expect(await converge(pkg({ name: ['tiny-a', 'tiny-d'], state: 'latest' }))).toMatchObject({
      changed: ['packages.tiny-d'],
      ...ok,
    })
    await run(sh`apt-get -y -qq --allow-downgrades --no-install-recommends install tiny-d=1.0`)
  })

  here('apt leaves what is on hold, unless it may change it (M08)', async () => {
    await run(sh`apt-get -y -qq --allow-downgrades install tiny-a=1.0`)
    expect(await converge(dpkgSelections({ name: 'tiny-a', selection: 'hold' }))).toMatchObject({
      changed: ['selections.tiny-a'],
      ...ok,
    })
    expect((await run(sh`apt-mark showhold`)).stdout).toBe('tiny-a')
    expect(await converge(apt({ name: 'tiny-a', state: 'latest' }))).toMatchObject(nothing)
    expect((await converge(apt({ name: 'tiny-a=1.5' }))).output).toMatchObject({ code: 100 })
    expect(await converge(apt({ name: 'tiny-a=1.5', allowChangeHeld: true }))).toMatchObject(ok)
    // apt itself ends the hold of what it was allowed to change
    expect(await converge(dpkgSelections({ name: 'tiny-a', selection: 'install' }))).toMatchObject(nothing)
    await expect(converge(dpkgSelections({ name: 'tiny-x', selection: 'hold' }))).rejects.toThrow(
      'dpkg does not know tiny-x',
    )
  })

  here('apt foretells an upgrade to the last version, and does it (M08)', async () => {
    expect(await converge(apt({ upgrade: 'safe', installRecommends: false }))).toMatchObject({
      changed: ['packages.tiny-a', 'packages.tiny-d'],
      ...ok,
    })
    expect(await versions()).toBe('tiny-a=2.0 tiny-d=1.1')
    expect(await converge(apt({ upgrade: 'full' }))).toMatchObject(nothing)
  })

  here('apt takes wildcards, and removes with them what nobody needs any more (M08)', async () => {
    expect(await converge(apt({ name: 'tiny-[bd]' }))).toMatchObject({ changed: ['packages.tiny-b'], ...ok })
    expect(await versions()).toBe('tiny-a=2.0 tiny-b=1.0 tiny-c=1.0 tiny-d=1.1')
    await expect(converge(apt({ name: 'tiny-x*' }))).rejects.toThrow(
      "no package that the host knows is called 'tiny-x*'",
    )
    expect(await converge(apt({ name: 'tiny-b', state: 'absent' }))).toMatchObject(ok)
    await run(sh`apt-get -y -qq remove tiny-d`)
    expect(await converge(apt({ autoremove: true }))).toMatchObject({ changed: ['packages.tiny-c'], ...ok })
    expect(await converge(apt({ name: 'tiny-*', state: 'absent' }))).toMatchObject({
      changed: ['packages.tiny-a'],
      ...ok,
    })
    expect(await versions()).toBe('')
  })

  here('apt keeps a configuration file that was changed, and purges what is left of a package (M08)', async () => {
    await converge(apt({ name: 'tiny-e=1.0' }))
    await run(sh`echo mine > /etc/tiny-e.conf`)
    expect(await converge(apt({ name: 'tiny-e', state: 'latest' }))).toMatchObject(ok)
    expect((await run(sh`cat /etc/tiny-e.conf`)).stdout).toBe('mine')
    await run(sh`apt-get -y -qq -o Dpkg::Options::=--force-confold --allow-downgrades install tiny-e=1.0`)
    expect(await converge(apt({ name: 'tiny-e=1.1', dpkgOptions: ['force-confnew'] }))).toMatchObject(ok)
    expect((await run(sh`cat /etc/tiny-e.conf`)).stdout).toBe('1.1')
    await converge(apt({ name: 'tiny-e', state: 'absent' }))
    expect(await converge(apt({ name: 'tiny-*', state: 'absent' }))).toMatchObject(nothing)
    expect(await converge(apt({ name: 'tiny-*', state: 'absent', purge: true }))).toMatchObject({
      changed: ['packages.tiny-e'],
      ...ok,
    })
    expect((await run(sh`ls /etc/tiny-e.conf`)).code).not.toBe(0)
  })

  here(
    'apt installs a .deb from either side with what it needs, and puts right what is half installed (M08)',
    async () => {
      expect(await converge(apt({ deb: '/srv/repo/tiny-b_1.0_all.deb' }))).toMatchObject({
        changed: ['packages.tiny-b'],
        ...ok,
      })
      expect(await versions()).toBe('tiny-b=1.0 tiny-c=1.0')
      const deb = await run(sh`base64 < /srv/repo/tiny-a_1.5_all.deb`)
      writeFileSync(path.join(folder, 'a.deb'), Buffer.from(deb.stdout, 'base64'))
      expect(await converge(apt({ deb: 'a.deb' }))).toMatchObject({ changed: ['packages.tiny-a'], ...ok })
      expect(await converge(apt({ deb: 'a.deb' }))).toMatchObject(nothing)
      await converge(apt({ name: 'tiny-a', state: 'latest' }))
      await expect(converge(apt({ deb: 'a.deb' }))).rejects.toThrow('tiny-a 2.0 is installed, which is newer than 1.5')
      expect(await converge(apt({ deb: 'a.deb', allowDowngrade: true }))).toMatchObject(ok)
      await run(sh`dpkg --purge --force-depends tiny-c >/dev/null 2>&1; dpkg --unpack /srv/repo/tiny-e_1.0_all.deb`)
      expect(await converge(apt({ state: 'fixed' }))).toMatchObject(ok)
      expect(await versions()).toBe('tiny-a=1.5 tiny-b=1.0 tiny-c=1.0 tiny-e=1.0')
      expect((await run(sh`dpkg --audit`)).stdout).toBe('')
      await converge(apt({ name: 'tiny-*', state: 'absent', purge: true }))
    },
  )

  here('apt removes what it has fetched', async () => {
    await run(sh`cp /srv/repo/tiny-a_1.5_all.deb /var/cache/apt/archives/; : > /var/cache/apt/archives/zz_1_all.deb`)
    expect(await converge(apt({ clean: true }))).toMatchObject({ changed: ['archives'], ...ok })
    await run(sh`cp /srv/repo/tiny-a_1.5_all.deb /var/cache/apt/archives/tiny-a_0.5_all.deb`)
    expect(await converge(apt({ autoclean: true }))).toMatchObject({ changed: ['archives'], ...ok })
    expect((await run(sh`ls /var/cache/apt/archives/*.deb`)).code).not.toBe(0)
  })

  here('aptRepository trusts the key that is given, for its own repository, and removes both (M08)', async () => {
    const { key, sign } = signer()
    await run(
      sh`cp -r /srv/repo /srv/signed; cd /srv/signed; { date -u -R | sed 's/+0000/UTC/; s/^/Date: /'; echo 'Suite: stable'; echo 'SHA256:'; echo " $(sha256sum < Packages | cut -c 1-64) $(stat -c %s Packages) Packages"; } > Release`,
    )
    const signed = sign((await run(sh`cat /srv/signed/Release`)).stdout)
    await run(sh`${contentOf(signed)} > /srv/signed/InRelease; rm /srv/signed/Release`)
    const own = { name: 'signed', uris: 'file:/srv/signed', suites: './' }
    expect((await converge(aptRepository(own))).output).toMatchObject({ code: 100 })
    expect(await converge(aptRepository({ ...own, key }))).toMatchObject({
      changed: ['sources', 'keyring.content'],
      ...ok,
    })
    expect((await run(sh`apt-get update 2>&1 | grep '^[WE]:'`)).stdout).toBe('')
    expect(await converge(aptRepository({ ...own, signedBy: '/etc/apt/keyrings/signed.gpg' }))).toMatchObject(nothing)
    expect(await converge(aptKey({ name: 'signed', key }))).toMatchObject(nothing)
    expect(await converge(aptRepository({ name: 'signed', state: 'absent' }))).toMatchObject(ok)
    expect((await run(sh`ls /etc/apt/keyrings /etc/apt/sources.list.d`)).stdout).not.toContain('signed')
    expect(await converge(aptRepository({ repo, state: 'absent' }))).toMatchObject(ok)
    expect((await run(sh`ls -A /etc/apt/sources.list.d`)).stdout).toBe('')
  })

  here('debconf answers, with passwords that nobody sees', async () => {
    const zone = { name: 'tzdata', question: 'tzdata/Areas', type: 'select' as const }
    expect(await converge(debconf({ ...zone, value: 'Europe' }))).toMatchObject({ changed: ['value'], ...ok })
    expect((await run(sh`debconf-show tzdata | grep Areas`)).stdout).toBe('* tzdata/Areas: Europe')
    const password = { name: 'tiny-a', question: 'tiny-a/root', type: 'password' as const }
    expect(await converge(debconf({ ...password, value: secret("it's a $secret") }))).toMatchObject({
      changed: ['value'],
      ...ok,
    })
    expect(await converge(debconf({ ...password, value: secret('another') }))).toMatchObject({
      changed: ['value'],
      ...ok,
    })
  })

  here('git follows its remote, and make builds what is there, once (M15)', async () => {
    const commit = (text: string) => sh`mkdir -p /srv/git && cd /srv/git && { [ -d .git ] || git init -q -b main; }
printf 'out: in\n\tcp in out\n' > Makefile; echo ${text} > in; git add .
git -c user.name=t -c user.email=t@example.com commit -q -m x`
    await run(commit('one'))
    const copy = git({ repo: '/srv/git', dest: '/opt/src/it' })
    expect(await converge(copy)).toMatchObject({ changed: ['commit', 'remote'], ...ok })
    expect(await converge(copy)).toMatchObject(nothing)
    expect(await converge(make({ chdir: '/opt/src/it', jobs: 2 }))).toMatchObject({ changed: ['made'], ...ok })
    expect(await converge(make({ chdir: '/opt/src/it' }))).toMatchObject(nothing)
    await run(sh`sleep 1; ${commit('two')}`)
    expect(await converge(copy)).toMatchObject({ changed: ['commit'], ...ok })
    expect(await converge(make({ chdir: '/opt/src/it' }))).toMatchObject(ok)
    expect((await run(sh`cat /opt/src/it/out`)).stdout).toBe('two')
    await run(sh`echo mine > /opt/src/it/in`)
    await expect(converge(copy)).rejects.toThrow('/opt/src/it has local changes: in')
    expect(await converge(git({ repo: '/srv/git', dest: '/opt/src/it', force: true }))).toMatchObject(ok)
  })

  here('pip makes an environment with a package, and removes the package (M15)', async () => {
    await run(sh`mkdir -p /srv/wheels; cd /srv/wheels; python3 -c ${wheel}`)
    const own = { virtualenv: '/opt/venv', extraArgs: ['--no-index', '--find-links', '/srv/wheels'] }
    expect(await converge(pip({ ...own, name: 'Tiny.One>=1' }))).toMatchObject({
      changed: ['environment', 'packages.tiny-one'],
      ...ok,
    })
    expect(await converge(pip({ ...own, name: 'tiny-one==1.0' }))).toMatchObject(nothing)
    expect(await converge(pip({ ...own, name: 'tiny-one', state: 'absent' }))).toMatchObject(ok)
    expect((await converge(pip({ ...own, name: 'tiny-two' }))).output).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No matching distribution found for tiny-two'),
    })
  })
})

/** Makes tiny_one-1.0. */
const wheel = `
import zipfile
info = 'tiny_one-1.0.dist-info'
with zipfile.ZipFile('tiny_one-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('tiny_one.py', '')
    wheel.writestr(f'{info}/METADATA', 'Metadata-Version: 2.1\\nName: tiny-one\\nVersion: 1.0\\n')
    wheel.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(f'{info}/RECORD', f'tiny_one.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n')`

/** A key of this test, and what signs with it. */
function signer(): { key: string; sign: (text: string) => string } {
  const home = mkdtempSync(path.join(tmpdir(), 'tsplay-gpg-'))
  const gpg = (args: readonly string[], input = '') =>
    execFileSync(
      'gpg',
      ['--homedir', home, '--batch', '--quiet', '--passphrase', '', '--pinentry-mode', 'loopback', ...args],
      { input, encoding: 'utf8' },
    )
  gpg(['--quick-generate-key', 'tiny <tiny@example.com>', 'ed25519', 'sign', 'never'])
  const key = gpg(['--armor', '--export'])
  return {
    key,
    sign(text) {
      const signed = gpg(['--clearsign'], `${text}\n`)
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
      rmSync(home, { recursive: true, force: true })
      return signed
    },
  }
}
