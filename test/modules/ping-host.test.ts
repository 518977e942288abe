import { describe, expect, it } from 'vitest'
import { pingHost } from '../../modules/ping-host.ts'
import { runFaked, shells } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'

const { module } = pingHost
const targets = ['10.0.0.1', 'm2.test', 'fe80::1%eth0']

/** A ping that only these answer. */
const pingOf = (...alive: string[]) => ({
  ping: `for last do :; done; case $last in ${[...alive, '-'].join('|')}) exit 0 ;; *) exit 1 ;; esac`,
})
const questionOf = (params: { targets: string[] }) =>
  (module.probe(params).questions[0]!.key as { script: Parameters<typeof runFaked>[0] }).script
const change = { from: { answers: {} }, to: {}, has: () => true }

describe('pingHost (M17)', () => {
  it.each(shells)('pings all targets, as often and as long as asked, and tells each (%s)', async (...shell) => {
    const { stdout, calls } = await runFaked(questionOf({ targets }), pingOf('10.0.0.1', 'fe80::1%eth0'), shell)
    expect(stdout).toBe('101')
    expect([...calls].sort()).toEqual(
      [
        ['ping', '-q', '-c', '1', '-W', '5', '10.0.0.1'],
        ['ping', '-q', '-c', '1', '-W', '5', 'm2.test'],
        ['ping', '-6', '-q', '-c', '1', '-W', '5', 'fe80::1%eth0'],
      ].sort(),
    )
    const more = await runFaked(module.apply({ targets: ['a'], count: 3, timeout: 2 }, change), pingOf('a'), shell)
    expect(more).toMatchObject({ code: 0, calls: [['ping', '-q', '-c', '3', '-W', '2', 'a']] })
  })

  it.each(shells)('tries once more and names who is silent (%s)', async (...shell) => {
    const failed = await runFaked(module.apply({ targets }, change), pingOf('m2.test'), shell)
    expect(failed).toMatchObject({ code: 1, stderr: 'no answer from 10.0.0.1, fe80::1%eth0\n' })
    const said = await runFaked(module.apply({ targets: ['a'], message: 'no $(id) VIP' }, change), pingOf(), shell)
    expect(said.stderr).toBe('no $(id) VIP: no answer from a\n')
  })

  it('pings at the same time', async () => {
    const begin = Date.now()
    await runFaked(questionOf({ targets: ['a', 'b', 'c', 'd'] }), { ping: 'sleep 1' })
    expect(Date.now() - begin).toBeLessThan(3500) // one behind the other would take four seconds
  })

  it('says what to install where there is no ping', () => {
    const read = () => module.probe({ targets }).read(() => ({ code: 3, stdout: '' }) as never)
    expect(read).toThrow('the host has no ping')
  })

  it('wants every target to answer, and is never a change', () => {
    expectSettles(module, { targets }, { answers: { '10.0.0.1': true, 'm2.test': false, 'fe80::1%eth0': true } })
    expect(module.waits).toBe(true)
    expect(module.result?.({ targets }, { answers: { a: true, b: false } })).toEqual({ reachable: ['a'] })
  })

  it.each([
    [{ targets: [] }, /'targets'/],
    [{ targets: ['-f'] }, /an address or a name/],
    [{ targets: ['a b'] }, /an address or a name/],
    [{ targets: ["a'; touch /pwned"] }, /an address or a name/],
    [{ targets: ['a'], count: 0 }, /'count'/],
    [{ targets: ['a'], timeout: 0.5 }, /'timeout'/],
  ])('refuses %j', (params, message) => {
    expect(() => pingHost(params)).toThrow(message)
  })
})
