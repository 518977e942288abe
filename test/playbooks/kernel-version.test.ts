// Which of two kernels is older: tables, and the laws that any order keeps.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareKernels, isWanted, newestFirst } from '../../playbooks/roles/kernel-upgrade/kernel-version.ts'

describe('of two kernels', () => {
  test.each([
    ['5.4', '5.10'],
    ['5.4.278', '5.10.0'],
    ['3.10.0-1160.el7.x86_64', '4.18'],
    ['3.10.0-957.el7.x86_64', '3.10.0-1160.el7.x86_64'],
    ['3.10.0-1160.el7.x86_64', '3.10.0-1161.1.1.el7.x86_64'],
    ['4.9.0-19-amd64', '4.19.12-1.el7.elrepo.x86_64'],
    ['6.1.0-9-amd64', '6.1.0-18-amd64'],
    ['6.1.0-50-cloud-amd64', '6.1.0-56-cloud-amd64'],
    ['5.14.0-427.9.1.el9_4.x86_64', '5.14.0-427.13.1.el9_4.x86_64'],
    ['5.4.0-99-generic', '5.4.0-100-generic'],
    ['6.1', '6.1.1'],
    ['6.13.0-rc7', '6.13.0'],
    ['6.12.100+deb12-amd64', '6.12.113+deb12-amd64'],
    ['9.99', '10.0'],
  ])('%s is older than %s', (older, newer) => {
    expect(compareKernels(older, newer)).toBeLessThan(0)
    expect(compareKernels(newer, older)).toBeGreaterThan(0)
    expect(isWanted(older, { minimum: newer })).toBe(false)
    expect(isWanted(newer, { minimum: older })).toBe(true)
  })

  test.each([
    ['5.4', '5.4.0'],
    ['6.1', '6.1.0-18-amd64'],
    ['6.1.0-18', '6.1.0-18-amd64'],
    ['4.19.12', '4.19.12-1.el7.elrepo.x86_64'],
    ['5.14.0-427', '5.14.0-427.13.1.el9_4.x86_64'],
    ['6.1.0-18-amd64', '6.1.0-18-cloud-amd64'],
    ['5.15', '5.15.0-91-generic'],
  ])('%s is as old as %s', (one, other) => {
    expect(Math.abs(compareKernels(one, other))).toBe(0)
    expect(isWanted(other, { minimum: one })).toBe(true)
  })

  test('versions are ordered as tuples of numbers, whatever their text', () => {
    const version = fc.array(fc.nat({ max: 2000 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(version, version, fc.nat({ max: 2000 }), fc.nat({ max: 2000 }), (a, b, buildA, buildB) => {
        const order = Math.sign([...a, buildA].map((part, index) => part - [...b, buildB][index]!).find(Boolean) ?? 0)
        const [one, other] = [`${a.join('.')}-${buildA}-amd64`, `${b.join('.')}-${buildB}-amd64`]
        expect(Math.sign(compareKernels(one, other)) + 0).toBe(order)
        expect(newestFirst([one, other])[0]).toBe(order < 0 ? other : one === other ? one : order > 0 ? one : other)
      }),
    )
  })
})

describe('what is wanted', () => {
  test('is one release, all that begin so, a minimum, or both', () => {
    expect(isWanted('5.4.278-1.el7.elrepo.x86_64', { release: '5.4.278-1.el7.elrepo.x86_64' })).toBe(true)
    expect(isWanted('5.4.279-1.el7.elrepo.x86_64', { release: '5.4.278-1.el7.elrepo.x86_64' })).toBe(false)
    expect(isWanted('5.4.278-1.el7.elrepo.x86_64', { release: '5.4.278-*' })).toBe(true)
    expect(isWanted('5.4.2781-1.el7.elrepo.x86_64', { release: '5.4.278-*' })).toBe(false)
    expect(isWanted('6.1.0-9-amd64', { release: '6.1.0-9-amd64', minimum: '6.1.0-10' })).toBe(false)
    expect(isWanted('anything', {})).toBe(true)
  })
})
