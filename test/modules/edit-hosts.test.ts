import { describe, expect, it } from 'vitest'
import { plainAddress, withoutOtherAddresses } from '../../modules/common/edit-hosts.ts'

const wanted = [
  { address: '10.0.0.5', names: ['k8s-master1.example.com', 'k8s-master1'] },
  { address: '10.0.0.6', names: ['k8s-master2'] },
  { address: 'fd00::6', names: ['six'] },
  { address: '10.0.0.7', names: ['both'] },
  { address: '10.0.0.8', names: ['both', 'localhost'] },
]

describe('withoutOtherAddresses', () => {
  it.each<[what: string, before: string, after: string]>([
    ['a name at another address', '10.0.0.9 k8s-master2\n', ''],
    ['with neighbours before and behind it', 'x\n10.0.0.9 a k8s-master2 b\ny\n', 'x\n10.0.0.9 a b\ny\n'],
    ['the first of several, whose place the next one takes', '10.0.0.9\t\tk8s-master2  b\tc\n', '10.0.0.9\t\tb\tc\n'],
    ['all of several', '10.0.0.9 k8s-master1 k8s-master2\n', ''],
    ['a name that stands twice', '10.0.0.9 k8s-master2 a k8s-master2\n', '10.0.0.9 a\n'],
    ["Debian's line of the host itself", '127.0.1.1 k8s-master1.example.com k8s-master1\n', ''],
    ['names that upper case tells apart from nobody', '10.0.0.9 K8S-Master2 A\n', '10.0.0.9 A\n'],
    ['tabs, and blanks before the address', ' \t10.0.0.9\ta\tk8s-master2\t\n', ' \t10.0.0.9\ta\t\n'],
    ['a remark behind names that stay', '10.0.0.9 a k8s-master2 # both\n', '10.0.0.9 a # both\n'],
    ['a remark without a blank before it', '10.0.0.9 a k8s-master2# both\n', '10.0.0.9 a# both\n'],
    ['a remark behind nothing that stays', '10.0.0.9 k8s-master2 # was down\n', '# was down\n'],
    ['lines of another system', '10.0.0.9 k8s-master2 a\r\n10.0.0.9 k8s-master1\r\nz\r\n', '10.0.0.9 a\r\nz\r\n'],
    ['a last line without an end', 'x\n10.0.0.9 a k8s-master2', 'x\n10.0.0.9 a'],
    ['a last line of which nothing is left', 'x\n10.0.0.9 k8s-master2', 'x\n'],
    ['an IPv6 address beside the IPv4 one', 'fd00::9 k8s-master2\n', ''],
    ['an address of one link', 'fe80::1%eth0 k8s-master2 a\n', 'fe80::1%eth0 a\n'],
    ['an IPv4 address of a host that has IPv6', '10.0.0.9 six\n', ''],
    ['names on the loopback address, but for its own', '127.0.0.1 localhost k8s-master1\n', '127.0.0.1 localhost\n'],
    ['the same of IPv6', '::1 k8s-master1 localhost ip6-localhost\n', '::1 localhost ip6-localhost\n'],
    ['localhost where it does not belong', '10.0.0.9 localhost a\n', '10.0.0.9 a\n'],
    ['a block of another tool', '# BEGIN ANSIBLE\n10.0.0.9 six\n# END ANSIBLE\n', '# BEGIN ANSIBLE\n# END ANSIBLE\n'],
    ['a block that never ends', '# BEGIN TSPLAY x\n10.0.0.9 six\n', '# BEGIN TSPLAY x\n'],
  ])('takes off: %s', (_what, before, after) => {
    expect(withoutOtherAddresses(before, wanted)).toBe(after)
    expect(withoutOtherAddresses(after, wanted)).toBe(after)
  })

  it.each<[what: string, text: string]>([
    ['an empty file', ''],
    ['the same address', '10.0.0.6 k8s-master2 # mine\n10.0.0.6\tk8s-master2 alias\n'],
    ['the same address, spelled in another way', 'FD00:0:0::6 six\n'],
    ['each address of a name that has two', '10.0.0.7 both\n10.0.0.8 both\n'],
    ['names that only begin alike', '10.0.0.9 k8s-master22 k8s-master2.example.com xk8s-master2\n'],
    ['names with blanks that are none to a resolver', '10.0.0.9 k8s-master2\u00a0\n'],
    ['remarks', '# 10.0.0.9 k8s-master2\n  #10.0.0.9 k8s-master2\n10.0.0.9 a # k8s-master2\n'],
    ['an address without names', '10.0.0.9\n10.0.0.9 # k8s-master2\n\n\t\n'],
    ['what is no address', 'k8s-master2 10.0.0.9\n10.0.0.999 k8s-master2\n'],
    ['loopback names in every spelling', '127.0.0.1 localhost localhost.localdomain localhost4 LOCALHOST\n'],
    ['blocks of other tasks', '# BEGIN TSPLAY databases\n10.0.0.9 six\n# END TSPLAY databases\n'],
  ])('leaves: %s', (_what, text) => {
    expect(withoutOtherAddresses(text, wanted)).toBe(text)
  })

  it('looks at long lines and many names no longer than they are', () => {
    const names = Array.from({ length: 2000 }, (_, index) => `host${index}`)
    const many = names.map((name, index) => ({ address: `10.1.${index >> 8}.${index & 255}`, names: [name] }))
    const text = `10.9.9.9 ${names.join(' ')}\n10.9.9.9${' '.repeat(50_000)}\n10.9.9.9 a${'\t'.repeat(50_000)}`
    const begun = performance.now()
    expect(withoutOtherAddresses(text, many)).toBe(text.slice(text.indexOf('\n') + 1))
    expect(performance.now() - begun).toBeLessThan(2000)
  })
})

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
])('%s is printed as %s', (address, printed) => expect(plainAddress(address)).toBe(printed))
