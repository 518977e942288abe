// Any subject and any names: openssl reads what was meant, and so does the program itself.
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alternativeNames, hostParam } from '../../engine/x509/alternative-name.ts'
import { readCertificate } from '../../engine/x509/certificate.ts'
import { createRequest, readRequest } from '../../engine/x509/request.ts'
import { formatSubject, type Subject, subjectParam } from '../../engine/x509/subject.ts'
import { issueWish } from '../../engine/x509/wish.ts'
import { needs, output } from './programs.ts'

const { skip, note } = needs('openssl')
const { privateKey: key } = generateKeyPairSync('ed25519')

const certified = (subject: Subject, hosts: readonly string[]): string =>
  issueWish(
    { subject, hosts, usages: ['signing'], key: { algo: 'ed25519' }, expiry: 86_400_000, renewBefore: 0 },
    key,
    { key },
    new Date(),
  )

/** Texts as people and attackers write them: blanks at the ends, what separates fields, any script, up to the limit. */
const text = (limit: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ unit: fc.constantFrom(...' ,+\\="<>;#/:@*&_-.aZ9ü中😀\u2028'), minLength: 1, maxLength: limit }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: limit }),
      fc.constantFrom(
        'x'.repeat(limit),
        ' ',
        '#0403',
        'CN=b',
        'a, CN=b',
        'a + O=b',
        '\\2C',
        '中'.repeat(Math.min(limit, 32)),
      ),
    )
    .filter((each) => each.length <= limit && !/\p{Cc}/u.test(each))

const several = (limit: number) => fc.oneof(text(limit), fc.uniqueArray(text(limit), { minLength: 1, maxLength: 3 }))

const subject: fc.Arbitrary<Subject> = fc
  .record(
    {
      ...{ cn: text(64), o: several(64), ou: several(64), l: several(128), st: several(128) },
      c: fc.string({ unit: fc.constantFrom(...'ABYZ'), minLength: 2, maxLength: 2 }),
    },
    { requiredKeys: [] },
  )
  .filter((each) => Object.keys(each).length > 0)

const label = fc.stringMatching(/^[A-Za-z0-9_]([A-Za-z0-9_-]{0,10}[A-Za-z0-9])?$/)
const dns = fc
  .tuple(fc.boolean(), fc.array(label, { minLength: 1, maxLength: 4 }))
  .map(([wild, labels]) => `${wild ? '*.' : ''}${labels.join('.')}`)
const host = fc
  .oneof(
    dns,
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((address) => `::ffff:${address}`),
    fc
      .tuple(fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,12}$/), label)
      .map(([local, domain]) => `${local}@${domain}.example`),
    fc.tuple(label, fc.webPath()).map(([name, path]) => `https://${name}.example${path}`),
  )
  // what looks like an address and is none is refused, and tested elsewhere
  .filter((each) => hostParam.safeParse(each).success)

const short: Readonly<Record<string, string>> = {
  ...{ countryName: 'c', stateOrProvinceName: 'st', localityName: 'l' },
  ...{ organizationName: 'o', organizationalUnitName: 'ou', commonName: 'cn' },
}

/** Fields and texts of the subject, as openssl takes the request apart; texts are printed as they are. */
function fieldsByOpenssl(request: string): string[] {
  const found = output('openssl', ['asn1parse'], { input: request }).matchAll(
    /OBJECT +:(\w+)\n[^\n]*prim: (?:PRINTABLESTRING|UTF8STRING) *:([^\n]*)/g,
  )
  return [...found].map(([, field, value]) => `${short[field!]}=${value}`)
}

describe('any subject', () => {
  it('is one that is allowed, and is read back as what it was', () => {
    fc.assert(
      fc.property(subject, (wanted) => {
        expect(subjectParam.safeParse(wanted).success).toBe(true)
        const request = readRequest(createRequest({ subject: wanted, names: [] }, key))
        expect(request.subjectText).toBe(formatSubject(wanted))
        const sorted = (one: Subject) =>
          Object.fromEntries(Object.entries(one).map(([field, value]) => [field, [value].flat().sort()]))
        expect(sorted(request.subject!)).toEqual(sorted(wanted))
        expect(readCertificate(certified(wanted, []))!.subject).toBe(formatSubject(wanted))
      }),
      { numRuns: 300 },
    )
  })

  it('looks like another only where it is the same', () => {
    fc.assert(
      fc.property(subject, subject, (one, other) => {
        const same = (a: Subject) => JSON.stringify(readRequest(createRequest({ subject: a, names: [] }, key)).subject)
        expect(formatSubject(one) === formatSubject(other)).toBe(same(one) === same(other))
      }),
      { numRuns: 200 },
    )
  })

  it.skipIf(skip)(
    `is read by openssl, character for character${note}`,
    () => {
      fc.assert(
        fc.property(subject, (wanted) => {
          const expected = Object.entries(wanted).flatMap(([field, value]) =>
            [value].flat().map((each) => `${field}=${each}`),
          )
          expect(fieldsByOpenssl(createRequest({ subject: wanted, names: [] }, key)).sort()).toEqual(expected.sort())
        }),
        { numRuns: 60 },
      )
    },
    60_000,
  )
})

/** `IP:2001:db8::1` of what openssl prints as `IP Address:2001:DB8:0:0:0:0:0:1`. */
const plain = (name: string): string => {
  const address = /^IP Address:(.*:.*)$/.exec(name)?.[1]
  return address ? `IP:${new URL(`http://[${address}]/`).hostname.slice(1, -1)}` : name.replace(/^IP Address:/, 'IP:')
}

describe('any names and addresses', () => {
  const hosts = fc.array(host, { minLength: 1, maxLength: 8 })

  it('are read back as what they were', () => {
    fc.assert(
      fc.property(hosts, (wanted) => {
        expect(readCertificate(certified({ cn: 'x' }, wanted))!.names).toEqual(alternativeNames(wanted))
        const request = createRequest({ subject: { cn: 'x' }, names: alternativeNames(wanted) }, key)
        expect(readRequest(request).names).toEqual(alternativeNames(wanted))
      }),
      { numRuns: 300 },
    )
  })

  it.skipIf(skip)(
    `are read by openssl, each in its kind${note}`,
    () => {
      fc.assert(
        fc.property(hosts, (wanted) => {
          const printed = output('openssl', ['x509', '-noout', '-ext', 'subjectAltName'], {
            input: certified({ cn: 'x' }, wanted),
          })
          expect(printed.trim().split('\n').at(-1)!.trim().split(', ').map(plain)).toEqual(alternativeNames(wanted))
        }),
        { numRuns: 60 },
      )
    },
    60_000,
  )

  it.skipIf(skip)(
    `are what openssl finds when it is asked for a host${note}`,
    () => {
      fc.assert(
        fc.property(
          fc.array(
            fc.oneof(dns, fc.ipV4(), fc.ipV6()).filter((each) => hostParam.safeParse(each).success),
            { minLength: 1, maxLength: 3 },
          ),
          (wanted) => {
            const pem = certified({ cn: 'x' }, wanted)
            for (const each of wanted.filter((one) => !one.startsWith('*') && !one.includes('_'))) {
              const flag = /^[\d.]+$|:/.test(each) ? '-checkip' : '-checkhost'
              expect(output('openssl', ['x509', '-noout', flag, each], { input: pem })).toMatch(/does match/)
              expect(output('openssl', ['x509', '-noout', '-checkhost', 'nobody.invalid'], { input: pem })).toMatch(
                /does NOT match/,
              )
            }
          },
        ),
        { numRuns: 20 },
      )
    },
    60_000,
  )
})
