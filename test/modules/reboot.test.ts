// reboot and waitForConnection without a host: what is asked for, and what comes of it. Real boots are in test/lab.
import { describe, expect, it } from 'vitest'
import { reboot } from '../../modules/reboot.ts'
import { waitForConnection } from '../../modules/wait-for-connection.ts'
import { scriptText } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { runScript } from '../support/local-host.ts'
import { shellsHere } from '../support/shells.ts'

const at = (reason: string | null) => ({ bootId: '0f9d', reason })
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
        { from: { bootId, reason: 'x' }, to: null, has: () => true },
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
