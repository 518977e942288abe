// reboot and waitForConnection without a host: what is asked for, and what comes of it. Real boots are in test/lab.
import { describe, expect, it } from 'vitest'
import type { Answers, UnitAnswer } from '../../engine/probe.ts'
import { reboot } from '../../modules/reboot.ts'
import { waitForConnection } from '../../modules/wait-for-connection.ts'
import { scriptText } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { runScript } from '../support/local-host.ts'
import { shellsHere } from '../support/shells.ts'

const at = (reason: string | null) => ({ bootId: '0f9d', reason, running: [] })
const change = (reason: string | null) => ({ from: at(reason), to: { reason: null }, has: () => true })

describe('reboot (M17)', () => {
  it('differs where there is a reason, and only there', () => {
    expect(scriptText(reboot.module, {}, at(null))).toBe(undefined)
    expect(scriptText(reboot.module, {}, at('packages want it: libc6'))).toContain('shutdown -r now')
    expectSettles(reboot.module, {}, at('packages want it: libc6'))
  })

  it('waits as long as it is told to, from when the order is carried out', () => {
    const away = (params: Parameters<typeof reboot>[0]) => reboot.module.away!(params, change('x'))
    expect(away({})).toMatchObject({ timeout: 600, delay: 1 })
    expect(away({ timeout: 30, preDelay: 5, postDelay: 2 })).toMatchObject({ timeout: 30, delay: 8 })
  })

  it.each(shellsHere)('is over in another boot only, with a content test command, in $name', async ({ argv }) => {
    const back = async (bootId: string, testCommand?: string) => {
      const probe = reboot.module.away!(
        { ...(testCommand !== undefined && { testCommand }) },
        { from: { bootId, reason: 'x', running: [] }, to: null, has: () => true },
      ).back
      const [question] = probe.questions
      const key = question!.key as { script: Parameters<typeof runScript>[0] }
      const { code } = await runScript(key.script, argv)
      return probe.read(() => ({ code, stdout: '' }) as never)
    }
    const { stdout } = await runScript(reboot.module.probe({}).questions[0]!.key!['script' as never], argv)
    const present = stdout.split('\n')[0]!
    expect(present).toMatch(/^[0-9a-f-]{36}$/)
    expect(await back(present)).toBe(false)
    expect(await back('another')).toBe(true)
    expect(await back('another', 'exit 3')).toBe(false)
    expect(await back('another', `test "$(echo "it's" up)" = "it's up"`)).toBe(true)
  })

  describe('with units', () => {
    type Unit = Partial<UnitAnswer>
    const units = ['etcd', 'kubelet', 'docker', 'chrony', 'chronyd']
    /** Answers of a host whose boot is told by the first question, and whose units by the others. */
    const answering =
      (states: Readonly<Record<string, Unit>>, boot: object = { code: 0, stdout: '0f9d\n' }): Answers =>
      (question) => {
        if (question.kind.name !== 'unit') return boot as never
        const { name } = question.key as { name: string }
        const id = `${name.replace(/\.service$/, '')}.service`
        const none = { systemd: true, load: 'not-found', active: 'inactive', enabled: '', needsReload: false }
        return { ...none, id, ...states[id] } as never
      }
    const on: Unit = { load: 'loaded', active: 'active', enabled: 'enabled' }
    const before = reboot.module.probe({ units }).read(
      answering({
        ...{ 'etcd.service': on, 'kubelet.service': { ...on, active: 'activating' } },
        ...{ 'docker.service': { ...on, active: 'reloading', enabled: 'disabled' } },
        // an alias of the one before
        ...{ 'chrony.service': on, 'chronyd.service': { ...on, id: 'chrony.service' } },
      }),
    )
    const { back } = reboot.module.away!({ units }, { from: before, to: { reason: null }, has: () => true })
    const isBack = (states: Readonly<Record<string, Unit>>, code = 0) =>
      back.read(answering(states, { code, stdout: '' }))

    it('asks in the same question which of them run: only those must do so again', () => {
      expect(before.running).toEqual(['etcd.service', 'docker.service', 'chrony.service'])
      expect(reboot.module.probe({}).questions.map(({ kind }) => kind.name)).toEqual(['script'])
      expect(back.questions.filter(({ kind }) => kind.name === 'unit')).toHaveLength(3)
      expect(isBack({ 'etcd.service': on, 'docker.service': on, 'chrony.service': on })).toBe(true)
    })

    it.each([
      ['activating', {}, 'etcd.service (activating)'],
      ['failed', {}, 'etcd.service (failed)'],
      // whoever started it by hand is told why no boot brings it
      ['inactive', { enabled: 'disabled' }, 'etcd.service (inactive, disabled)'],
      ['inactive', {}, 'etcd.service (inactive)'],
    ])('a host with one that is %s is not back, and says so', (active, more, told) => {
      const others = { 'docker.service': on, 'chrony.service': on }
      expect(isBack({ 'etcd.service': { ...on, active, ...more }, ...others })).toBe(
        `what ran before does not run: ${told}`,
      )
      // in the old boot they run, which says nothing
      expect(isBack({ 'etcd.service': on, ...others }, 1)).toBe(false)
    })

    it('names all of them', () => {
      expect(isBack({ 'chrony.service': on })).toBe(
        'what ran before does not run: etcd.service (inactive), docker.service (inactive)',
      )
    })
  })

  it('tells whether it has rebooted, and how long that took', () => {
    expect(reboot.module.result!({}, at(null))).toEqual({ rebooted: false })
    expect(reboot.module.result!({}, at('x'), { code: 0, stdout: '12.5', stderr: '' })).toEqual({
      rebooted: true,
      elapsed: 12.5,
    })
  })

  it.each([
    [{ timeout: 0 }, /'timeout'/],
    [{ preDelay: -1 }, /'preDelay'/],
    [{ message: 'two\nlines' }, /'message': a message is one line/],
    [{ testCommand: '' }, /'testCommand'/],
    [{ units: ['etcd; reboot'] }, /is not the name of a unit/],
    [{ when: 'required' }, /unknown parameter 'when'/],
  ])('refuses %j', (params, message) => {
    expect(() => reboot(params as never)).toThrow(message)
  })
})

describe('waitForConnection (M17)', () => {
  it('asks the host for nothing before, and for a shell then', () => {
    expect(waitForConnection.module.probe({}).questions).toEqual([])
    const away = waitForConnection.module.away!(
      { timeout: 5, delay: 1 },
      {
        from: { reached: false },
        to: { reached: true },
        has: () => true,
      },
    )
    expect(away).toMatchObject({ timeout: 5, delay: 1 })
    expect(away.back.read(() => ({ code: 0, stdout: '' }) as never)).toBe(true)
    expectSettles(waitForConnection.module, {}, { reached: false })
  })
})
