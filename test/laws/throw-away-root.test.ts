// The root that the laws are tried in shows every write, and lets none out.
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import { sh } from '../../engine/script.ts'
import { runThrownAway, throwAwayRootLacks } from '../support/throw-away-root.ts'

const lacks = throwAwayRootLacks()

describe.skipIf(lacks)(`a throw-away root${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  it('runs scripts with their contents and tells how each ended', async () => {
    const { outputs, written } = await runThrownAway([
      sh`${contentOf('of the content')}; exit 3`,
      sh`printf 'two\nlines\n'; printf 'oh no' >&2`,
      sh`cat /proc/1/comm /etc/hostname /dev/null > /dev/null; [ ! -e /sys/class/net/eth0 ] || sleep 0`,
    ])
    expect(outputs.map(({ code, stdout, stderr }) => [code, `${stdout}`, `${stderr}`])).toEqual([
      [3, 'of the content', ''],
      [0, 'two\nlines\n', 'oh no'],
      [0, '', ''],
    ])
    expect(written).toEqual([])
  })

  it('tells what was written, also where nothing is left of it', async () => {
    const { written } = await runThrownAway([sh`_t=$(mktemp) && rm -- "$_t"`])
    expect(written).toEqual(['/tmp'])
    expect((await runThrownAway([sh`chmod 0600 /etc/hosts`])).written).toEqual(['/etc', '/etc/hosts'])
  })

  it('keeps what is written to itself, and the kernel as it is', async () => {
    const { outputs, written } = await runThrownAway([
      sh`touch /pwned`,
      sh`echo 1 > /proc/sys/vm/swappiness`,
      sh`mount -t tmpfs tmpfs /mnt`,
      sh`date -s 2000-01-01`,
      sh`hostname pwned`,
    ])
    expect(outputs.map(({ code }) => code === 0)).toEqual([true, false, false, false, false])
    expect(written).toEqual(['/pwned'])
    expect(existsSync('/pwned')).toBe(false)
  })

  it('ends a script that takes too long, and goes on', async () => {
    const { outputs } = await runThrownAway([sh`sleep 30`, sh`echo on`], { seconds: 1 })
    expect(outputs.map(({ code }) => code)).toEqual([124, 0])
  })
})
