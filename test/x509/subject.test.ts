import { describe, expect, it } from 'vitest'
import { der, encodeDer } from '../../engine/x509/der.ts'
import {
  encodeSubject,
  formatName,
  formatSubject,
  type Subject,
  subjectOf,
  subjectParam,
} from '../../engine/x509/subject.ts'

const hex = (subject: Subject): string => encodeSubject(subject).toString('hex')
const name = (...fields: (readonly [oid: string, text: string])[]): Buffer =>
  encodeDer(der.sequence(...fields.map(([oid, text]) => der.set(der.sequence(der.oid(oid), der.utf8(text))))))

describe('a subject', () => {
  it('lists its fields in cfssl’s order, whatever order they are given in', () => {
    const subject = { cn: 'kubernetes', ou: 'System', o: 'k8s', l: 'BeiJing', st: 'BeiJing', c: 'CN' }
    expect(formatSubject(subject)).toBe('C=CN, ST=BeiJing, L=BeiJing, O=k8s, OU=System, CN=kubernetes')
    expect(subjectOf(encodeSubject(subject))).toEqual(subject)
  })

  it('is made of strings that every program reads where the text allows it, else of UTF-8', () => {
    expect(hex({ cn: 'system:node:m-1.a' })).toContain('1311')
    expect(hex({ cn: 'a_b' })).toContain('0c03615f62')
    expect(hex({ cn: 'a*b' })).toContain('0c03612a62')
    expect(hex({ cn: 'a@b' })).toContain('0c03614062')
    expect(hex({ cn: 'a&b' })).toContain('0c03612662')
  })

  it('has several values of a field as one set, which is sorted', () => {
    const subject = { cn: 'admin', o: ['system:masters', 'dev', 'Ops'] }
    expect(formatSubject(subject)).toBe('O=Ops + O=dev + O=system:masters, CN=admin')
    expect(hex(subject)).toBe(hex({ ...subject, o: ['Ops', 'system:masters', 'dev'] }))
    expect(formatSubject(subjectOf(encodeSubject(subject))!)).toBe(formatSubject(subject))
  })

  it('looks like no other, whatever its values hold', () => {
    const subjects: Subject[] = [
      { o: 'a, CN=b' },
      { o: 'a', cn: 'b' },
      { o: 'a + O=b' },
      { o: ['a', 'b'] },
      { o: 'a\\, CN=b' },
      { cn: 'a' },
      { cn: 'a ' },
      { cn: ' a' },
      { cn: 'A' },
    ]
    expect(new Set(subjects.map(formatSubject)).size).toBe(subjects.length)
    for (const each of subjects) expect(subjectOf(encodeSubject(each))).toEqual(each)
  })

  it('of somebody else is told with fields that have no word here', () => {
    const theirs = name(['1.2.840.113549.1.9.1', 'a@b.c'], ['2.5.4.5', '7'], ['1.2.3.4', 'x'], ['2.5.4.3', 'n'])
    expect(formatName(theirs)).toBe('emailAddress=a@b.c, serialNumber=7, 1.2.3.4=x, CN=n')
    expect(subjectOf(theirs)).toBeUndefined()
  })

  it('of somebody else in another order is not one that can be written here', () => {
    const theirs = name(['2.5.4.3', 'n'], ['2.5.4.10', 'o'])
    expect(formatName(theirs)).toBe('CN=n, O=o')
    expect(subjectOf(theirs)).toBeUndefined()
    expect(subjectOf(name(['2.5.4.10', 'a'], ['2.5.4.10', 'b']))).toBeUndefined()
    expect(subjectOf(name())).toEqual({})
  })

  it.each<[string, unknown, string | undefined]>([
    ['64 characters', { cn: 'x'.repeat(64) }, undefined],
    ['65 characters', { cn: 'x'.repeat(65) }, 'cn'],
    ['an empty text', { cn: '' }, 'cn'],
    ['a line end', { o: 'a\nb' }, 'o'],
    ['a zero byte, before which some programs stop reading', { cn: 'good.example\0.evil.example' }, 'cn'],
    ['an empty list', { o: [] }, 'o'],
    ['a list with an empty text', { o: ['a', ''] }, 'o'],
    ['a country of three letters', { c: 'CHN' }, 'c'],
    ['a country in small letters', { c: 'cn' }, 'c'],
    ['a field that there is not', { cn: 'x', email: 'a@b.c' }, ''],
    ['no field', {}, ''],
  ])('with %s is %s', (_, subject, wrong) => {
    const { success, error } = subjectParam.safeParse(subject)
    expect(success).toBe(wrong === undefined)
    if (wrong !== undefined) expect(error!.issues[0]!.path.join('.')).toMatch(new RegExp(`^${wrong}`))
  })
})
