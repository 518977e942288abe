import { describe, expect, it } from 'vitest'
import { wildcardPicks } from '../../engine/wildcard.ts'
import { checksumOf, digestIn } from '../../modules/common/digests.ts'
import { bytesOf, secondsOf } from '../../modules/common/quantities.ts'

const a = 'a'.repeat(64)
const b = 'b'.repeat(64)

describe('digests in a sums file', () => {
  it.each<[string, string, string | undefined]>([
    ['as sha256sum writes it', `${b}  other\n${a}  f.tgz\n`, a],
    ['in binary mode, with a folder, in capitals', `${a.toUpperCase()} *./dist/f.tgz\r\n`, a],
    ['as BSD writes it', `SHA256 (other) = ${b}\nSHA256 (f.tgz) = ${a}\n`, a],
    ['alone, whatever the file is called', `${a}\n`, a],
    ['of another file only', `${a}  f.tgz.asc\n`, undefined],
    ['of another algorithm', `${'a'.repeat(40)}  f.tgz\n`, undefined],
    ['two without a name', `${a}\n${b}\n`, undefined],
    ['nothing', '', undefined],
  ])('%s', (_how, sums, expected) => {
    expect(digestIn(sums, 'f.tgz', 'sha256')).toBe(expected)
  })

  it('are told by algorithm and hex digits, or by algorithm and address', () => {
    expect(checksumOf(`SHA256:${a.toUpperCase()}`)).toEqual({ algorithm: 'sha256', hex: a })
    expect(checksumOf('sha1:https://a/SUMS')).toEqual({ algorithm: 'sha1', url: 'https://a/SUMS' })
    expect(() => checksumOf(a)).toThrow("write it as 'sha256:…'")
    expect(() => checksumOf('sha256:abc')).toThrow('a sha256 has 64 hex digits')
  })
})

describe('wildcards for whole paths', () => {
  it.each<[string, string, boolean]>([
    ['a/b', 'a/b', true],
    ['a', 'a/b/c', true],
    ['./a/', 'a/b', true],
    ['a/b', 'a', false],
    ['*.log', 'var/x.log', true],
    ['*/tool', 'app/bin/tool', true],
    ['tool', 'app/bin/tool', false],
    ['a?c[d-f]', 'abce', true],
    ['a[!b]', 'ab', false],
    ['a.b', 'axb', false],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
  ])('%s and %s', (pattern, path, expected) => {
    expect(wildcardPicks([pattern])(path)).toBe(expected)
  })
})

describe('quantities', () => {
  it('are numbers, or texts with a unit', () => {
    expect([90, '90', '1.5m', '2H', '1d', '1w'].map(secondsOf)).toEqual([90, 90, 90, 7200, 86_400, 604_800])
    expect([1, '1b', '2k', '1M', '1g'].map(bytesOf)).toEqual([1, 1, 2048, 1_048_576, 1_073_741_824])
  })
})
