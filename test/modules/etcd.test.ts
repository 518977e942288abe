// etcdKey and etcdHealth with an etcdctl that keeps its keys in files and speaks as the real one does.
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { secret } from '../../engine/secret.ts'
import { type EtcdHealthParams, etcdHealth } from '../../modules/etcd-health.ts'
import { type EtcdKeyParams, etcdKey } from '../../modules/etcd-key.ts'
import { shells } from '../support/fake-commands.ts'
import { runLocally } from '../support/local-host.ts'
import { expectSettled, folderHere, settleHere } from '../support/settle-here.ts'

/** Keys lie in `keys-2` and `keys-3`; endpoints are healthy where a file of their port is. Calls go to `calls`. */
function fakeEtcdctl(): { folder: string; etcdctl: string; calls: () => string } {
  const folder = folderHere()
  const etcdctl = path.join(folder, 'etcdctl')
  mkdirSync(path.join(folder, 'keys-2'))
  mkdirSync(path.join(folder, 'keys-3'))
  writeFileSync(
    etcdctl,
    `#!/bin/sh
printf '%s\\n' "$ETCDCTL_API $*" >> ${folder}/calls
for a do case $a in --endpoints=*) port=\${a##*:} ;; --*) ;; *) break ;; esac; shift; done
verb=$1
while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
[ $# -eq 0 ] || shift
key=${folder}/keys-$ETCDCTL_API/$(printf %s "$1" | tr / _)
echo '{"level":"warn","msg":"retrying"}' >&2
[ ! -e ${folder}/down ] || { echo 'Error: context deadline exceeded' >&2; exit 1; }
case $ETCDCTL_API$verb in
  3get) [ ! -e "$key" ] || { cat "$key"; echo; } ;;
  2get) if [ -e "$key" ]; then cat "$key"; echo; else echo 'Error:  100: Key not found (/x) [3]' >&2; exit 4; fi ;;
  3put) if [ $# -eq 2 ]; then printf %s "$2" > "$key"; else cat > "$key"; [ -s "$key" ] || exit 128; fi; echo OK ;;
  2set) cat > "$key" ;;
  3del|2rm) rm "$key"; echo 1 ;;
  3endpoint) [ -e "${folder}/$port" ] ;;
esac
`,
  )
  chmodSync(etcdctl, 0o755)
  return { folder, etcdctl, calls: () => readFileSync(path.join(folder, 'calls'), 'utf8') }
}

const endpoints = ['https://10.0.0.1:2379', 'https://10.0.0.2:2380']
const certificates = { ca: '/ca.pem', cert: '/c.pem', key: '/k.pem' }

describe('etcdKey', () => {
  const cases = shells.flatMap((shell) => ([2, 3] as const).map((api) => ({ name: shell.join(' '), shell, api })))
  it.each(cases)('is set where it differs, and removed (API $api, $name)', async ({ shell, api }) => {
    const { folder, etcdctl, calls } = fakeEtcdctl()
    const key = (more: Partial<EtcdKeyParams>) =>
      etcdKey({ endpoints, ...certificates, etcdctl, api, path: '/net/config', ...more })
    const { differences } = await settleHere(key({ value: "it's\n-n two" }), { shell })
    expect(differences).toEqual([{ property: 'value', before: null, after: "it's\n-n two" }])
    expect(readFileSync(path.join(folder, `keys-${api}/_net_config`), 'utf8')).toBe("it's\n-n two")
    await settleHere(key({ value: { Network: '172.30.0.0/16', Backend: { Type: 'vxlan' } } }), { shell })
    await expectSettled(key({ value: { Backend: { Type: 'vxlan' }, Network: '172.30.0.0/16' } }), { shell })
    await expectSettled(key({ value: '{"Network":"172.30.0.0/16","Backend":{"Type":"vxlan"}}' }), { shell })
    await settleHere(key({ value: undefined, state: 'absent' }), { shell })
    expect(existsSync(path.join(folder, `keys-${api}/_net_config`))).toBe(false)
    const ca =
      api === 2
        ? '--ca-file=/ca.pem --cert-file=/c.pem --key-file=/k.pem'
        : '--cacert=/ca.pem --cert=/c.pem --key=/k.pem'
    expect(calls()).toContain(`${api} --endpoints=https://10.0.0.1:2379,https://10.0.0.2:2380 ${ca} `)
  })

  it('does not take a value of the other API for its own, and keeps an empty one apart from none', async () => {
    const { etcdctl } = fakeEtcdctl()
    const params = { endpoints, etcdctl, path: '/a' }
    await settleHere(etcdKey({ ...params, value: '' }))
    await settleHere(etcdKey({ ...params, value: 'x', api: 2 }))
    await expectSettled(etcdKey({ ...params, value: '' }))
  })

  it('never shows a secret, nor passes it as an argument', async () => {
    const { etcdctl, calls } = fakeEtcdctl()
    const { differences } = await settleHere(etcdKey({ endpoints, etcdctl, path: '/a', value: secret('hush') }))
    expect(differences).toEqual([{ property: 'value', before: null, after: '***' }])
    expect(calls()).not.toContain('hush')
    const other = await runLocally(etcdKey({ endpoints, etcdctl, path: '/a', value: secret('hush2') }), { check: true })
    expect(other.differences).toEqual([{ property: 'value', before: '***', after: '***' }])
  })

  it('says why it could not be set', async () => {
    const { folder, etcdctl } = fakeEtcdctl()
    writeFileSync(path.join(folder, 'down'), '')
    const { differences, output } = await runLocally(etcdKey({ endpoints, etcdctl, path: '/a', value: 'x' }))
    expect(differences.map(({ property }) => property)).toEqual(['asked', 'value'])
    expect(output).toMatchObject({ code: 1, stderr: expect.stringContaining('context deadline exceeded') })
    const none = await runLocally(etcdKey({ endpoints, etcdctl: '/none/etcdctl', path: '/a', state: 'absent' }))
    expect(none.output).toMatchObject({
      code: 127,
      stderr:
        "there is no /none/etcdctl on the host: install it (Debian: etcd-client), or give its path with 'etcdctl'\n",
    })
  })

  it.each<[object, RegExp]>([
    [{ endpoints: '10.0.0.1:2379' }, /'endpoints'/],
    [{ endpoints: [] }, /'endpoints'/],
    [{ cert: '/c' }, /'key': a certificate and its key are given together/],
    [{ value: undefined }, /'value': a key that should be present needs a value/],
    [{ state: 'absent' }, /'value': a key that should be present needs a value, one that should be absent has none/],
    [{ path: 'a', api: 2 }, /'path': with API 2 a key begins with/],
    [{ api: 1 }, /'api'/],
  ])('%j is refused', (params, message) => {
    expect(() => etcdKey({ endpoints, path: '/a', value: 'x', ...params } as EtcdKeyParams)).toThrow(message)
  })
})

describe('etcdHealth', () => {
  it.each(shells)('waits until as many members are healthy as should be (%s)', async (...shell) => {
    const { folder, etcdctl } = fakeEtcdctl()
    const look = (more: Partial<EtcdHealthParams> = {}) =>
      runLocally(etcdHealth({ endpoints, ...certificates, etcdctl, timeout: 0, interval: 0.1, ...more }), { shell })
    writeFileSync(path.join(folder, '2380'), '')
    expect(await look()).toMatchObject({
      differences: [{ property: 'enough', before: false, after: true }],
      output: { code: 1, stderr: '1 of 2 endpoints are healthy after 0 s, not: https://10.0.0.1:2379\n' },
    })
    expect((await look({ minHealthy: 1 })).differences).toEqual([])
    spawn('sh', ['-c', `sleep 0.3; : > ${folder}/2379`])
    expect((await look({ timeout: 5 })).output ?? { code: 0 }).toMatchObject({ code: 0 })
    await expectSettled(etcdHealth({ endpoints, etcdctl }), { shell })
  })

  it('registers who is healthy', () => {
    const { module } = etcdHealth
    const state = { enough: true, healthy: [endpoints[1]!] }
    expect(module.result!({ endpoints }, state)).toEqual({ healthy: [endpoints[1]] })
    expect(module.result!({ endpoints }, state, { code: 0, stdout: '0\n1\n', stderr: '' })).toEqual({
      healthy: endpoints,
    })
  })

  it.each<[object, RegExp]>([
    [{ minHealthy: 3 }, /'minHealthy': there are not as many endpoints/],
    [{ key: '/k' }, /'key'/],
    [{ etcdctl: '-x' }, /'etcdctl'/],
  ])('%j is refused', (params, message) => {
    expect(() => etcdHealth({ endpoints, ...params } as EtcdHealthParams)).toThrow(message)
  })
})
