// Kernel modules, kernel parameters and limits of sessions: what is found, and what is left in peace.
import { describe, expect, test } from 'vitest'
import type { Limit } from '../../../playbooks/roles/limits/index.ts'
import { kernelFindings } from '../../../playbooks/rules/kernel.ts'
import { limitFindings } from '../../../playbooks/rules/limits.ts'

describe('modules and parameters', () => {
  const found = (k8s: string[], sysctl: Record<string, string | number> = {}, ipvs: string[] = []): string[] =>
    kernelFindings({ modules: { 'kernelModules.k8s': k8s, 'kernelModules.ipvs': ipvs }, sysctl }).map(
      ({ level, rule, variable }) => `${level} ${rule} of ${variable}`,
    )

  test('that are right are left in peace', () => {
    expect(found(['br_netfilter', 'xt_set', 'snd-hda-intel'], { 'net.bridge.bridge-nf-call-iptables': 1 })).toEqual([])
    expect(found([], { 'net.ipv4.ip_forward': 1 })).toEqual([])
  })

  test.each(['nf_conntrack #remark', 'ip vs', '', '# ip_vs', 'ip_vs.ko'])('%j is no module (B18)', (name) => {
    expect(found(['br_netfilter', name])).toEqual(['error kernel-module of kernelModules.k8s'])
    expect(found([], {}, [name])).toEqual(['error kernel-module of kernelModules.ipvs'])
  })

  test('parameters need the module that brings them, whichever list has it (B18)', () => {
    const bridge = { 'net.bridge.bridge-nf-call-iptables': 1, 'net.bridge.bridge-nf-call-arptables': 1 }
    expect(found(['overlay'], bridge)).toEqual(['warning sysctl-module of kernelModules.k8s'])
    expect(found([], bridge, ['br_netfilter'])).toEqual([])
    expect(found([], { 'net.netfilter.nf_conntrack_max': 9 })).toEqual(['warning sysctl-module of kernelModules.k8s'])
    expect(found([], { 'net.netfilter.nf_conntrack_max': 9 }, ['nf_conntrack'])).toEqual([])
  })

  test.each<[reuse: string | number | undefined, timestamps: string | number | undefined, wrong: boolean]>([
    [1, 0, true],
    ['1', '0', true],
    [1, 1, false],
    [1, undefined, false],
    [0, 0, false],
    [2, 0, false],
    [undefined, 0, false],
  ])('sockets are reused: %j, with timestamps: %j (B19)', (reuse, timestamps, wrong) => {
    const sysctl = {
      ...(reuse !== undefined && { 'net.ipv4.tcp_tw_reuse': reuse }),
      ...(timestamps !== undefined && { 'net.ipv4.tcp_timestamps': timestamps }),
    }
    expect(found([], sysctl)).toEqual(wrong ? ['warning sysctl-reuse of sysctl'] : [])
  })
})

describe('limits', () => {
  const limit = (text: string): Limit => {
    const [domain, type, item, value] = text.split(' ') as [string, Limit['type'], string, string]
    return { domain, type, item, value }
  }
  const found = (...lines: string[]): string[] =>
    limitFindings(lines.map(limit), 'limits').map(({ message }) => message)

  test.each([
    [['* soft nofile 65536', '* hard nofile 131072']],
    [['* soft nofile 65536', '* hard nofile 65536']],
    [['* hard memlock unlimited', '* soft memlock unlimited']],
    [['* soft nproc 9', '* hard nproc infinity']],
    [['* - nofile 1048576']],
    [['root - chroot /srv']],
    [['jane - nice -5']],
    [['* soft nofile 2048', 'root hard nofile 1024']],
    [['* soft nofile 2048', '* hard nproc 1024']],
    [['* - nofile 1024', '* soft nofile 1024']],
    [['* soft nofile 1024', '* soft nofile 1024']],
  ])('%j are left in peace', (lines) => expect(found(...lines)).toEqual([]))

  test('that no session can be given are found in either order', () => {
    const message = 'the soft limit of nofile of *, 2048, is above the hard one, 1024'
    expect(found('* soft nofile 2048', '* hard nofile 1024')).toEqual([message])
    expect(found('* hard nofile 1024', '* soft nofile 2048')).toEqual([message])
    expect(found('* soft core unlimited', '* hard core 0')).toHaveLength(1)
    // by numbers, not by letters
    expect(found('* soft nofile 1024', '* hard nofile 999')).toHaveLength(1)
  })

  test.each(['65k', 'many', '1 000', '0x10g'])('that are no number, such as %j, are found', (value) => {
    const lines = [{ domain: '*', type: 'hard' as const, item: 'nproc', value }]
    expect(limitFindings(lines, 'limits').map(({ message }) => message)).toEqual([
      `'${value}' is no limit of nproc for *`,
    ])
  })

  test.each([
    ['unlimited', undefined],
    ['1048577', undefined],
    ['2000000', 1_999_999],
  ])('of %s open files, of which the kernel gives %j, keep everybody out and are found', (value, nrOpen) => {
    const lines = [{ domain: '*', type: 'hard' as const, item: 'nofile', value }]
    const [one, ...more] = limitFindings(lines, 'limits', nrOpen)
    expect(one!.message).toContain(`the kernel gives nobody more than ${nrOpen ?? 1_048_576}`)
    expect(more).toEqual([])
    expect(limitFindings(lines, 'limits', 3_000_000)).toHaveLength(value === 'unlimited' ? 1 : 0)
  })

  test('that say two things are found once', () => {
    expect(found('* soft nofile 1', '* soft nofile 2')).toEqual(['nofile of * is 1 and 2 (soft)'])
    expect(found('* - nofile 10', '* hard nofile 20')).toEqual(['nofile of * is 10 and 20 (hard)'])
  })
})
