import { describe, expect, it } from 'vitest'
import { contentOf, contentText, isContent } from '../../engine/content.ts'
import { all } from '../../engine/probe.ts'
import { type Script, showScript } from '../../engine/script.ts'
import { timezone } from '../../modules/timezone.ts'
import { scriptFor, scriptText } from '../support/fake-commands.ts'
import { expectSettles } from '../support/laws.ts'
import { askLocally } from '../support/local-host.ts'

const debian = {
  localtime: 'Etc/UTC',
  timezone: 'Etc/UTC',
  zone: 'file' as const,
  named: true,
  adjtime: null,
  hwclock: 'UTC' as const,
}

describe('timezone', () => {
  it('links /etc/localtime and names the zone in /etc/timezone (M15)', () => {
    const text = scriptText(timezone.module, { name: 'Asia/Shanghai' }, debian)
    expect(text).toContain('/usr/share/zoneinfo/Asia/Shanghai')
    expect(text).toContain('/etc/timezone')
    expectSettles(timezone.module, { name: 'Asia/Shanghai' }, debian)
  })

  it('does nothing where both say so, and touches no clock', () => {
    const shanghai = { ...debian, localtime: 'Asia/Shanghai', timezone: 'Asia/Shanghai' }
    expect(scriptText(timezone.module, { name: 'Asia/Shanghai' }, shanghai)).toBeUndefined()
    expect(scriptText(timezone.module, { name: 'UTC' }, shanghai)).not.toMatch(/timedatectl|hwclock|date /)
  })

  it('has the hardware’s clock run by what is asked for, and keeps how it drifts', () => {
    const text = (hwclock: 'UTC' | 'local', adjtime: string | null) => {
      const lines = adjtime === null ? null : contentOf(adjtime)
      const state = {
        ...debian,
        adjtime: lines,
        hwclock: adjtime?.includes('LOCAL') ? ('local' as const) : ('UTC' as const),
      }
      expectSettles(timezone.module, { name: 'Etc/UTC', hwclock }, state)
      return scriptFor(timezone.module, { name: 'Etc/UTC', hwclock }, state)
    }
    const written = (script: Script | undefined) =>
      script?.parts.flatMap((part) => (isContent(part) ? [contentText(part)] : []))
    expect(written(text('local', null))).toEqual(['0.0 0 0.0\n0\nLOCAL\n'])
    expect(written(text('UTC', '1.5 2 0\n2\nLOCAL\n'))).toEqual(['1.5 2 0\n2\nUTC\n'])
    expect(text('UTC', null)).toBeUndefined()
    expect(text('local', '0 0 0\n0\nLOCAL\n')).toBeUndefined()
    expect(showScript(text('local', null)!)).toContain('hwclock --systohc')
  })

  it('leaves /etc/timezone alone where the distribution has none', () => {
    const rocky = {
      localtime: 'UTC',
      timezone: null,
      zone: 'file' as const,
      named: false,
      adjtime: null,
      hwclock: 'UTC' as const,
    }
    expect(scriptText(timezone.module, { name: 'Asia/Shanghai' }, rocky)).not.toContain('/etc/timezone')
  })

  it('replaces a copied /etc/localtime by a link', () => {
    expect(scriptText(timezone.module, { name: 'UTC' }, { ...debian, localtime: null })).toContain(
      'ln -s /usr/share/zoneinfo/UTC',
    )
  })

  it('says that the zone is not on the host, and what may be missing', () => {
    expect(() => timezone.module.desired({ name: 'Asia/Shangai' }, { ...debian, zone: undefined })).toThrow(
      /no time zone 'Asia\/Shangai'.*does not exist/,
    )
    expect(() => timezone.module.desired({ name: 'Asia' }, { ...debian, zone: 'directory' })).toThrow(/is a directory/)
  })

  it('reads relative and absolute links, and the zone of this machine', async () => {
    const { probe } = timezone.module
    const [target, content, zone] = probe({ name: 'Asia/Shanghai' }).questions
    const read = (link: string) =>
      probe({ name: 'Asia/Shanghai' }).read(((question: { id: string }) =>
        question.id === target!.id ? link : null) as never).localtime
    expect(read('/usr/share/zoneinfo/Asia/Shanghai')).toBe('Asia/Shanghai')
    expect(read('../usr/share/zoneinfo/UTC')).toBe('UTC')
    expect(read('/somewhere/else')).toBeNull()
    expect(content && zone).toBeDefined()
    expect(await askLocally(all([probe({ name: 'UTC' })]))).toHaveLength(1)
  })

  it.each(['../../etc/passwd', '/etc/passwd', 'A B', "'; touch /pwned; '", 'a\n', '-x', 'Ä/B', ''])(
    'refuses %j',
    (name) => {
      expect(() => timezone({ name })).toThrow(/is not a time zone/)
    },
  )
})
