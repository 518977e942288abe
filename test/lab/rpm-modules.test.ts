// dnf, yum and what belongs to them on a host with the real tools. Its repositories are described in engine/lab/dnf-image.ts.
import { describe, expect, it } from 'vitest'
import { dnfRepositories, type LabSpec, machineLacks } from '../../engine/lab/lab.ts'
import { sh } from '../../engine/script.ts'
import { dnf, yum } from '../../modules/index.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)

const spec: LabSpec = {
  name: 'mrpm',
  subnet: '10.94.0.0/24',
  hosts: [{ name: 'one', address: '10.94.0.11', image: 'dnf' }],
}
const { run, converge } = oneHost(spec, lacks)

const ok = { output: { code: 0 } }
const nothing = { changed: [] }
const installed = async () =>
  (await run(sh`rpm -qa --qf '%{NAME}-%{EVR}\n' | sed '/^gpg-pubkey/d; /^lab-release/d' | sort`)).stdout.split('\n')

describe(lacks ? `packages of the RHEL family (skipped: ${lacks})` : 'packages of the RHEL family', () => {
  here(
    'dnf installs by name, version and what is provided, upgrades and goes back only where asked (M09)',
    async () => {
      const first = await converge(dnf({ name: ['demo-1.0', 'editor-of-choice'], installWeakDeps: false }))
      expect(first).toMatchObject({ changed: ['packages.demo-1.0', 'packages.editor-of-choice'], ...ok })
      expect(await installed()).toEqual(['demo-1.0-1', 'demo-editor-1.0-1', 'demo-libs-1.0-1'])
      expect(
        await converge(dnf({ name: ['demo', 'demo=1.*', 'demo-1.0-1', 'demo.noarch'].slice(0, 1) })),
      ).toMatchObject(nothing)
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
      expect(await converge(dnf({ name: ['demo', 'docker'], state: 'absent' }))).toMatchObject({
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
    expect(await converge(dnf({ name: 'demo', state: 'absent', autoremove: true }))).toMatchObject(ok)
    expect(await installed()).toEqual([''])
    expect(await converge(dnf({ name: 'demo-e*' }))).toMatchObject(ok)
    expect(await installed()).toEqual(['demo-editor-1.0-1', 'demo-epoch-2:1.1-1', 'demo-extras-1.0-1'])
    for (const name of ['demo-epoch=1.1', 'demo-epoch-2:1.1-1', 'demo-epoch=2:1.*'])
      expect(await converge(dnf({ name }))).toMatchObject(nothing)
    expect(await converge(dnf({ name: 'demo-epoch=1.0', allowDowngrade: true }))).toMatchObject(ok)
    expect(await converge(dnf({ name: 'demo-e*', state: 'latest' }))).toMatchObject(ok)
    expect(await converge(dnf({ name: 'demo-e*', state: 'absent' }))).toMatchObject(ok)
    expect(await converge(dnf({ name: '@demo-tools' }))).toMatchObject(ok)
    expect(await installed()).toEqual(['demo-editor-1.0-1', 'demo-tool-1.0-1'])
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
})
