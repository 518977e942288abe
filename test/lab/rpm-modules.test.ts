// dnf, yum and what belongs to them on a host with the real tools. Its repositories are described in engine/lab/dnf-image.ts.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { task } from '../../engine/index.ts'
import { dnfRepositories, type LabSpec, labConnection, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { dnf, facts, packageLock, package as pkg, rpmKey, systemd, yum, yumRepository } from '../../modules/index.ts'
import { runThere } from '../support/run-there.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = {
  name: 'mrpm',
  subnet: '10.94.0.0/24',
  hosts: [{ name: 'one', address: '10.94.0.11', image: 'dnf' }],
}
const { folder, run, converge } = oneHost(spec, lacks)

const ok = { output: { code: 0 } }
const nothing = { changed: [] }
const installed = async () =>
  (await run(sh`rpm -qa --qf '%{NAME}-%{EVR}\n' | sed '/^gpg-pubkey/d; /^lab-release/d' | sort`)).stdout.split('\n')

describe(lacks ? `packages of the RHEL family (skipped: ${lacks})` : 'packages of the RHEL family', () => {
  here('the image is a host of the RHEL family for whoever asks', async () => {
    const { result } = await converge(facts({ gather: ['os', 'packageManager', 'serviceManager'] }))
    expect(result).toMatchObject({
      os: { id: 'rocky', family: 'redhat', version: '9.4' },
      packageManager: 'dnf',
      serviceManager: 'systemd',
    })
  })

  here(
    'dnf installs by name, version and what is provided, upgrades and goes back only where asked (M09)',
    async () => {
      const first = await converge(dnf({ name: ['demo-1.0', 'editor-of-choice'], installWeakDeps: false }))
      expect(first).toMatchObject({ changed: ['packages.demo-1.0', 'packages.editor-of-choice'], ...ok })
      expect(await installed()).toEqual(['demo-1.0-1', 'demo-editor-1.0-1', 'demo-libs-1.0-1'])
      expect(await converge(dnf({ name: 'demo' }))).toMatchObject(nothing)
      for (const name of ['demo=1.*', 'demo-1.0-1', 'demo.noarch', 'demo-1.0-1.noarch', '/usr/share/demo/1.0'])
        expect(await converge(dnf({ name }))).toMatchObject(nothing)
      expect(await converge(dnf({ name: 'demo=1.1' }))).toMatchObject({ changed: ['packages.demo=1.1'], ...ok })
      expect(await converge(dnf({ name: 'demo', state: 'latest', exclude: 'demo' }))).toMatchObject(nothing)
      expect(await converge(dnf({ name: 'demo', state: 'latest' }))).toMatchObject({
        changed: ['packages.demo'],
        ...ok,
      })
      expect(await converge(dnf({ name: 'demo', enablerepo: 'next' }))).toMatchObject(nothing)
      await expect(converge(dnf({ name: 'demo-1.1' }))).rejects.toThrow(
        'demo is installed at 2.0-1, which is newer than 1.1',
      )
      expect(await converge(dnf({ name: 'demo-1.1', allowDowngrade: true }))).toMatchObject(ok)
      expect(await installed()).toContain('demo-1.1-1')
      expect(await converge(dnf({ name: 'demo', state: 'latest', security: true, disablerepo: 'lab' }))).toMatchObject(
        nothing,
      )
      expect(await converge(dnf({ name: 'demo', state: 'latest', bugfix: true }))).toMatchObject(ok)
      expect(await converge(dnf({ name: ['demo', 'docker'], state: 'absent', autoremove: false }))).toMatchObject({
        changed: ['packages.demo'],
        ...ok,
      })
      expect(await installed()).toContain('demo-libs-1.0-1')
      expect(await converge(dnf({ name: 'editor-of-choice', state: 'absent' }))).toMatchObject(nothing)
      expect(await converge(dnf({ name: 'demo-*', state: 'absent' }))).toMatchObject(ok)
      expect(await installed()).toEqual([''])
    },
  )

  here('dnf takes other repositories, patterns, groups, epochs and kernels beside each other', async () => {
    const next = { enablerepo: 'next', disablerepo: '*' }
    expect((await converge(dnf({ name: 'demo', ...next }))).output).toMatchObject({ code: 1 }) // needs demo-libs of 'lab'
    expect(await converge(dnf({ name: 'demo', enablerepo: 'next' }))).toMatchObject(ok)
    expect(await installed()).toContain('demo-3.0-1')
    expect(await converge(dnf({ name: 'demo', state: 'absent' }))).toMatchObject(ok)
    expect(await installed()).toEqual([''])
    expect(await converge(dnf({ name: 'demo-e*' }))).toMatchObject(ok)
    expect(await installed()).toEqual(['demo-editor-1.0-1', 'demo-epoch-2:1.1-1', 'demo-extras-1.0-1'])
    for (const name of ['demo-epoch=1.1', 'demo-epoch-2:1.1-1', 'demo-epoch=2:1.*'])
      expect(await converge(dnf({ name }))).toMatchObject(nothing)
    expect(await converge(dnf({ name: 'demo-epoch=1.0', allowDowngrade: true }))).toMatchObject(ok)
    expect(await converge(dnf({ name: 'demo-e*', state: 'latest' }))).toMatchObject(ok)
    expect(await converge(dnf({ name: 'demo-e*', state: 'absent' }))).toMatchObject(ok)
    expect(await converge(dnf({ name: '@demo-tools' }))).toMatchObject(ok)
    expect(await installed()).toEqual(['demo-gadget-1.0-1', 'demo-tool-1.0-1'])
    expect(await converge(dnf({ name: '@demo-tools', state: 'absent' }))).toMatchObject(ok)
    expect(await installed()).toEqual([''])
    expect(await converge(dnf({ name: 'kernel-lt-5.4' }))).toMatchObject(ok)
    expect(await converge(dnf({ name: 'kernel-lt=4.19' }))).toMatchObject(ok)
    expect(await installed()).toEqual(['kernel-lt-4.19-1', 'kernel-lt-5.4-1'])
    for (const name of ['kernel-lt=4.19', 'kernel-lt=5.4', 'kernel-lt'])
      expect(await converge(dnf({ name }))).toMatchObject(nothing)
    expect(await converge(dnf({ name: 'kernel-lt=4.19', state: 'absent' }))).toMatchObject(ok)
    expect(await installed()).toEqual(['kernel-lt-5.4-1'])
    expect(await converge(dnf({ name: 'kernel-lt', state: 'absent' }))).toMatchObject(ok)
  })

  here('dnf checks signatures, also those of files, and says why nothing was installed', async () => {
    const unsigned = `${dnfRepositories}/lab/demo-unsigned-1.0-1.noarch.rpm`
    for (const name of ['demo-unsigned', unsigned]) {
      const { output } = await converge(dnf({ name }))
      expect(output).toMatchObject({ code: 1 })
      expect(output!.stderr).toContain('demo-unsigned-1.0-1.noarch.rpm is not signed')
    }
    expect(await converge(dnf({ name: unsigned, disableGpgCheck: true }))).toMatchObject(ok)
    expect(await converge(dnf({ name: 'demo-unsigned', state: 'absent' }))).toMatchObject(ok)
    const unknown = await converge(dnf({ name: ['fox', 'no-such-x'] }))
    expect(unknown.output).toMatchObject({ code: 1, stderr: 'Error: Unable to find a match: no-such-x' })
    expect((await converge(dnf({ name: ['fox', 'hen'] }))).output!.stderr).toMatch(/conflicts with hen/)
    expect((await converge(dnf({ name: 'fox=9' }))).output!.stderr).toBe('Error: Unable to find a match: fox-9')
    expect(await installed()).toEqual([''])
  })

  here('dnf installs files: of the host, of an address, and of the control side; a newer version will do', async () => {
    const files = `${dnfRepositories}/files`
    await run(sh`cp ${`${files}/demo-local-1.0-1.noarch.rpm`} /tmp/x.rpm`)
    const source = (await run(sh`base64 < /tmp/x.rpm`)).stdout
    writeFileSync(path.join(folder, 'demo-local.rpm'), Buffer.from(source, 'base64'))
    expect(await converge(dnf({ src: 'demo-local.rpm' }))).toMatchObject({
      changed: ['packages.demo-local.rpm'],
      ...ok,
    })
    expect(await converge(dnf({ name: '/tmp/x.rpm' }))).toMatchObject(nothing)
    const newer = `file://${files}/demo-local-1.1-1.noarch.rpm`
    expect(await converge(dnf({ name: newer }))).toMatchObject(ok)
    for (const name of ['/tmp/x.rpm', newer, 'demo-local=1.1'])
      expect(await converge(dnf({ name }))).toMatchObject(nothing)
    expect(await converge(dnf({ src: 'demo-local.rpm' }))).toMatchObject(nothing)
    expect(await converge(dnf({ name: '/tmp/x.rpm', allowDowngrade: true }))).toMatchObject(ok)
    expect((await run(sh`ls /var/tmp; ls /tmp`)).stdout).not.toContain('tsplay')
    expect(await installed()).toEqual(['demo-local-1.0-1'])
    expect(await converge(dnf({ name: 'demo-local', state: 'absent' }))).toMatchObject(ok)
    const missing = await converge(dnf({ name: '/tmp/none.rpm' }))
    expect(missing.output!.code).toBe(1)
  })

  here('yum is taken where there is no dnf, and waits for whoever holds its lock', async () => {
    await run(sh`mv /usr/bin/dnf /usr/bin/dnf.away`)
    expect(await converge(yum({ name: ['demo-1.0', 'fox'], installWeakDeps: false }))).toMatchObject(ok)
    expect(await converge(pkg({ name: ['demo', 'fox', 'editor-of-choice'] }))).toMatchObject(ok)
    expect(await converge(pkg({ name: 'editor-of-choice', state: 'absent' }))).toMatchObject(nothing)
    expect(await converge(pkg({ name: ['demo-1.0', 'fox-1.0-1'] }))).toMatchObject(nothing)
    expect(await converge(yum({ name: 'demo', state: 'latest', updateCache: true }))).toMatchObject({
      changed: ['packages.demo', 'metadata'],
      ...ok,
    })
    await expect(converge(yum({ name: '@demo-tools' }))).rejects.toThrow(/groups are installed by dnf/)
    await run(sh`mv /usr/bin/dnf.away /usr/bin/dnf`)
    const holder = sh`sleep 2 </dev/null >/dev/null 2>&1 & printf %s $! > /var/cache/dnf/metadata_lock.pid`
    await run(holder)
    const begin = Date.now()
    expect(await converge(dnf({ name: ['demo', 'fox'], state: 'absent' }))).toMatchObject(ok)
    expect(Date.now() - begin).toBeGreaterThan(1000)
    await run(holder)
    const late = await converge(dnf({ name: 'fox', lockTimeout: 0 }))
    expect(late.output).toMatchObject({ code: 200 })
    expect(late.output!.stderr).toMatch(/^after 0 s still: .*already locked by/)
    await run(sh`sleep 2`)
    expect(await converge(pkg({ name: ['demo-libs', 'demo-editor', 'demo-extras'], state: 'absent' }))).toMatchObject(
      ok,
    )
    expect(await installed()).toEqual([''])
  })

  here(
    'yumRepository makes a repository that dnf can use, and leaves its neighbours alone (M09, B05, B06)',
    async () => {
      const file = '/etc/yum.repos.d/more.repo'
      await run(sh`printf '# by hand\n[other]\nname=Other\nbaseurl=file:///nowhere\nenabled=0\n' > ${file}`)
      const repository = yumRepository({
        name: 'more',
        file: 'more',
        description: 'More packages',
        baseurl: `file://${dnfRepositories}/next/`,
        gpgkey: [`file://${dnfRepositories}/RPM-GPG-KEY-lab`, 'file:///etc/pki/rpm-gpg/$releasever-$basearch'],
        gpgcheck: true,
        enabled: false,
      })
      expect(await converge(repository)).toMatchObject({ changed: ['content'], ...ok })
      expect((await run(sh`cat ${file}`)).stdout).toContain('file:///etc/pki/rpm-gpg/$releasever-$basearch')
      expect((await run(sh`dnf repolist --all`)).stdout).toMatch(/more +More packages +disabled\nnext[\s\S]*other/)
      expect(await converge(dnf({ name: 'demo', enablerepo: 'more' }))).toMatchObject(ok)
      expect(await installed()).toContain('demo-3.0-1')
      expect(await converge(dnf({ name: ['demo', 'demo-libs', 'demo-extras'], state: 'absent' }))).toMatchObject(ok)
      expect(await converge(yumRepository({ name: 'more', state: 'absent' }))).toMatchObject({
        changed: ['content'],
        ...ok,
      })
      expect((await run(sh`cat ${file}`)).stdout).toMatch(/^# by hand\n\[other\]/)
      expect(await converge(yumRepository({ name: 'other', file: 'more', state: 'absent' }))).toMatchObject(ok)
      expect((await run(sh`ls /etc/yum.repos.d`)).stdout).toBe('lab.repo\nnext.repo')
    },
  )

  here('rpmKey imports a key once, by path, text and fingerprint, and removes it', async () => {
    const key = `${dnfRepositories}/RPM-GPG-KEY-lab`
    await run(sh`rpm -e --allmatches gpg-pubkey`)
    const local = await converge(dnf({ name: `${dnfRepositories}/files/demo-local-1.0-1.noarch.rpm` }))
    expect(local.output!.stderr).toMatch(/^Public key for .* is not installed[\s\S]*\nrpmKey imports the key/)
    await converge(
      yumRepository({
        name: 'closed',
        baseurl: 'file:///none',
        gpgcheck: true,
        username: 'me',
        password: secret('Word of mouth'),
      }),
    )
    await run(sh`rm -f /var/cache/dnf/.gpgkeyschecked.yum`) // dnf's note that there were keys once
    const keyless = await converge(dnf({ name: 'fox', enablerepo: 'closed' }))
    expect(keyless.output!.stderr).toMatch(/^rpm has no key to check packages of the repository \[closed\] with/)
    expect(`${keyless.output!.stdout}${keyless.output!.stderr}`).not.toContain('Word of mouth')
    expect(await converge(yumRepository({ name: 'closed', state: 'absent' }))).toMatchObject(ok)
    expect(await converge(rpmKey({ key }))).toMatchObject(ok)
    const text = (await run(sh`cat ${key}`)).stdout
    const listed = (await run(sh`gpg --show-keys --with-colons ${key} 2>/dev/null`)).stdout
    const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)![1]!
    for (const same of [
      { key: text },
      { key, fingerprint },
      { key: `file://${key}`, fingerprint },
      { key: `file://${key}` },
    ])
      expect(await converge(rpmKey(same))).toMatchObject(nothing)
    const spaced = fingerprint.replace(/(....)/g, '$1 ').toLowerCase()
    expect(await converge(rpmKey({ key: spaced.trim().slice(-9), state: 'absent' }))).toMatchObject(ok)
    const other = `0000${fingerprint.slice(4)}`
    await expect(converge(rpmKey({ key, fingerprint: other }))).rejects.toThrow(
      `has the key ${fingerprint}, not ${other}`,
    )
    expect(await converge(rpmKey({ key: `file://${key}`, fingerprint: spaced }))).toMatchObject(ok)
    expect(await converge(rpmKey({ key: `file://${key}`, fingerprint, state: 'absent' }))).toMatchObject(ok)
    writeFileSync(path.join(folder, 'lab.asc'), text)
    expect(await converge(rpmKey({ src: 'lab.asc' }))).toMatchObject(ok)
    expect((await run(sh`rpm -q gpg-pubkey | wc -l`)).stdout).toBe('1')
    await expect(converge(rpmKey({ key: 'file:///no/such/key' }))).rejects.toThrow(/no\/such\/key: curl: \(37\)/)
    await expect(converge(rpmKey({ key: '/etc/hostname' }))).rejects.toThrow(
      '/etc/hostname holds no public key of OpenPGP',
    )
  })

  here('packageLock keeps packages at their version, and lets them go', async () => {
    await converge(dnf({ name: ['demo-1.0', 'demo-epoch-1.0'], installWeakDeps: false }))
    expect(await converge(packageLock({ name: ['demo', 'demo-epoch'] }))).toMatchObject({
      changed: ['locked.demo', 'locked.demo-epoch'],
      ...ok,
    })
    expect((await run(sh`dnf -q versionlock list`)).stdout).toBe('demo-0:1.0-1.*\ndemo-epoch-2:1.0-1.*')
    expect(await converge(dnf({ name: ['demo', 'demo-epoch'], state: 'latest' }))).toMatchObject(nothing)
    expect(await converge(packageLock({ name: 'demo', state: 'absent' }))).toMatchObject(ok)
    await run(sh`dnf -q versionlock add demo-2.0`)
    expect(await converge(dnf({ name: ['demo', 'demo-epoch'], state: 'latest' }))).toMatchObject({
      changed: ['packages.demo'],
      ...ok,
    })
    expect(await converge(packageLock({ name: 'demo' }))).toMatchObject(nothing)
    expect(await converge(packageLock({ name: ['demo', 'demo-epoch'], state: 'absent' }))).toMatchObject(ok)
    expect((await run(sh`dnf -q versionlock list`)).stdout).toBe('')
    await expect(converge(packageLock({ name: 'fox' }))).rejects.toThrow('fox is not installed')
    expect(await converge(dnf({ name: 'demo*', state: 'absent' }))).toMatchObject(ok)
  })
  here('a dry run on a host that has nothing yet foretells the run, and a second run finds nothing', async () => {
    const login = { address: spec.hosts[0]!.address, ...labConnection(spec.name) }
    const tasks = [
      task('key', rpmKey({ key: `${dnfRepositories}/RPM-GPG-KEY-lab` })),
      task('repository', yumRepository({ name: 'more', baseurl: `file://${dnfRepositories}/next`, gpgcheck: true })),
      task('pinned version', dnf({ name: 'demo-3.0', updateCache: true })),
      task('newest of it', dnf({ name: 'demo', state: 'latest' })),
      task('daemon', pkg({ name: ['demo-daemon', 'demo'] })),
      task('running', systemd({ name: 'demo-daemon', state: 'started', enabled: true })),
      task('group', dnf({ name: ['@Tools of the lab', 'demo-e*'], exclude: 'demo-epoch' })),
      task('kept', packageLock({ name: ['demo', 'demo-daemon'] })),
      task('old one', yum({ name: 'fox', state: 'absent' })),
    ]
    await run(sh`rpm -e --allmatches gpg-pubkey; dnf -q -y install --nogpgcheck fox`)
    const statuses = async (check: boolean) => (await runThere(login, tasks, { dir: folder, check })).log
    const check = await statuses(true)
    expect(check).toEqual(tasks.map(({ name }) => `${name}: ${name === 'newest of it' ? 'ok' : 'changed'}`))
    expect(await statuses(false)).toEqual(check)
    expect(await statuses(false)).toEqual(tasks.map(({ name }) => `${name}: ok`))
    expect((await run(sh`systemctl is-active demo-daemon; rpm -q demo`)).stdout).toBe('active\ndemo-3.0-1.noarch')
  })
})
