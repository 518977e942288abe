// The way of packets between containers, against what documented scripts do to firewalls and to /etc/profile.
import { describe, expect, test } from 'vitest'
import { forwardAccept } from '../../playbooks/roles/forward-accept/index.ts'
import { rootOf } from './role-files.ts'
import { listedIn, only } from './tasks-of.ts'

const tasks = listedIn([forwardAccept()])

describe('forward-accept', () => {
  test('/etc/profile keeps what it holds, which the documented line overwrites with itself (B08)', () => {
    const profile = 'umask 022\nexport LANG=C\n'
    const root = rootOf({ profile })
    root.run('echo /sbin/iptables -P FORWARD ACCEPT >profile')
    expect(root.read('profile')).toBe('/sbin/iptables -P FORWARD ACCEPT\n')

    const writers = tasks.filter(({ params }) => [params.path, params.dest].includes('/etc/profile'))
    expect(writers.map(({ module, params }) => [module, params.state])).toEqual([['lineInFile', 'absent']])
    const { regexp } = writers[0]!.params
    const left = (text: string) =>
      text
        .split('\n')
        .filter((line) => !new RegExp(regexp).test(line))
        .join('\n')
    expect(left(`${profile}/sbin/iptables -P FORWARD ACCEPT\n`)).toBe(profile)
    expect(left(profile)).toBe(profile)
  })

  test('the policy is set behind each start of docker, by a drop-in and not by whoever thinks of it', () => {
    const { params } = only(tasks, 'drop-in')
    expect(params.dest).toBe('/etc/systemd/system/docker.service.d/10-forward-accept.conf')
    expect(params.content).toMatch(/^ExecStartPost=\S*env PATH=\S+ iptables -w -P FORWARD ACCEPT$/m)
    expect(only(tasks, 'policy of FORWARD').params).toEqual({ chain: 'FORWARD', policy: 'ACCEPT' })
  })

  test('no rule is flushed, and no chain of kube-proxy or flannel removed (B07)', () => {
    const flushing = (text: string) => /-[FX]\b|flush/i.test(text)
    expect(flushing('iptables -F && iptables -X && iptables -F -t nat && iptables -X -t nat')).toBe(true)
    expect(tasks.filter(({ params }) => flushing(JSON.stringify(params)))).toEqual([])
  })
})
