// Certificates, keys, tokens and kubeconfigs on real hosts: each role alone on bare ones, then who has what and what it is good for.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { labSsh } from '../../engine/lab/connection.ts'
import { machineLacks } from '../../engine/lab/machine.ts'
import { bin, ended, type Ran, root, tsplayOn } from './program.ts'

const inventory = path.join(root, 'test/lab/certified.ts')
const lacks = await machineLacks()
const lacksKubectl = spawnSync('kubectl', ['version', '--client']).error ? ' (skipped: no kubectl here)' : ''

const tsplay = tsplayOn(inventory)
const roles = ['kubeconfigs', 'pki', 'sa-keypair', 'bootstrap-token', 'encryption-config'] as const
const masters = ['m1', 'm2', 'm3']
const nodes = ['n1', 'n2']

const spec = {
  ...{ name: 'certified', subnet: '10.112.0.0/24' },
  hosts: [...masters.map((name, index) => ({ name, address: `10.112.0.1${index + 1}` }))]
    .concat(nodes.map((name, index) => ({ name, address: `10.112.0.2${index + 1}` })))
    .concat({ name: 'lb1', address: '10.112.0.31' }),
}

const on = (host: string, command: string): { code: number; output: string } => {
  const result = spawnSync('ssh', labSsh(spec, host, [command]), { encoding: 'utf8' })
  return { code: result.status ?? -1, output: result.stdout + result.stderr }
}
const linesOn = (host: string, command: string): string[] => on(host, command).output.split('\n').filter(Boolean)

const problems = ({ tasks, stderr }: Ran): string =>
  tasks
    .filter(({ status }) => status === 'failed')
    .map(({ host, role, task, message }) => `${host} ${role} ${task}: ${message}`)
    .join('\n') || stderr

const changed = ({ tasks }: Ran): string[] =>
  tasks
    .filter((task) => task.changed)
    .map(({ host, role, task }) => `${host} ${role} ${task}`)
    .toSorted()

/** Who reads which keys and tokens: every file below these folders with one in it. */
const secretsOn = (host: string): string[] =>
  linesOn(
    host,
    `grep -rlE 'PRIVATE KEY|client-key-data:|^ *(token|secret): |,kubelet-bootstrap,' /opt /etc/kubernetes /etc/etcd /root/.kube /var/lib /home /tmp 2>/dev/null | grep -v '^/var/lib/\\(dpkg\\|apt\\|systemd\\)/' | sort`,
  )

const nodeSecrets = [
  ...['/opt/kubernetes/cfg/bootstrap.kubeconfig', '/opt/kubernetes/cfg/kube-proxy.kubeconfig'],
  '/opt/kubernetes/ssl/flanneld-key.pem',
]
const masterSecrets = [
  ...nodeSecrets,
  ...['ca-key.pem', 'etcd-client-key.pem', 'metrics-server-key.pem', 'sa.key', 'server-key.pem'].map(
    (file) => `/opt/kubernetes/ssl/${file}`,
  ),
  ...['kube-controller-manager.kubeconfig', 'kube-scheduler.kubeconfig', 'token.csv', 'encryption-config.yaml'].map(
    (file) => `/opt/kubernetes/cfg/${file}`,
  ),
  ...['/opt/etcd/ssl/client-key.pem', '/opt/etcd/ssl/server-key.pem', '/root/.kube/config'],
]

describe.skipIf(lacks !== undefined)(
  `the roles of certificates on six real hosts${lacks === undefined ? '' : ` (skipped: ${lacks})`}`,
  () => {
    const scratch = mkdtempSync(path.join(tmpdir(), 'tsplay-credentials-'))
    const alone = new Map<string, Ran>()
    const foretold = new Map<string, Ran>()

    beforeAll(async () => {
      await ended(process.execPath, [bin, 'lab', 'down', '-i', inventory])
      const up = await ended(process.execPath, [bin, 'lab', 'up', '-i', inventory])
      if (up.code !== 0) throw new Error(up.stderr)
      for (const role of roles) {
        foretold.set(role, await tsplay('role', role, '--check'))
        alone.set(role, await tsplay('role', role))
      }
    })
    afterAll(async () => {
      await ended(process.execPath, [bin, 'lab', 'down', '-i', inventory])
      rmSync(scratch, { recursive: true, force: true })
    })

    test.each(roles)('the role %s runs alone on bare hosts (M18)', (role) => {
      const ran = alone.get(role)!
      expect(ran.code, problems(ran)).toBe(0)
      expect(changed(ran).length).toBeGreaterThan(0)
    })

    test.each(roles)('a dry run of %s on bare hosts names exactly the tasks that the run then changes', (role) => {
      expect(foretold.get(role)!.code).toBe(0)
      expect(changed(foretold.get(role)!)).toEqual(changed(alone.get(role)!))
    })

    test('certificates of etcd on a host without it restart nothing, and nobody asks for its health', () => {
      const handled = alone.get('pki')!.tasks.filter(({ handler }) => handler)
      expect(handled.map(({ host, task, status }) => `${host} ${task} ${status}`).toSorted()).toEqual(
        masters.map((host) => `${host} restart etcd ok`),
      )
    })

    test('all of them again change nothing, and a dry run says so', async () => {
      for (const args of [['--check'], []]) {
        const ran = await tsplay('role', ...roles, ...args)
        expect(ran.code, problems(ran)).toBe(0)
        expect(changed(ran)).toEqual([])
      }
    })

    test.each(masters)('%s has its own keys and those of masters, and no other secret (B24, B30)', (host) => {
      expect(secretsOn(host)).toEqual(masterSecrets.toSorted())
    })

    test.each(nodes)(
      '%s has its own keys only: none of a CA, of the administrator, of service accounts (B30)',
      (host) => {
        expect(secretsOn(host)).toEqual(nodeSecrets.toSorted())
      },
    )

    test('the load balancer has none', () => expect(secretsOn('lb1')).toEqual([]))

    test('secrets are for root alone, certificates for everybody who enters the folder (B30)', () => {
      for (const host of [...masters, ...nodes]) {
        const expected = host.startsWith('m') ? masterSecrets : nodeSecrets
        const modes = linesOn(host, `stat -c '%a %U %n' ${expected.join(' ')}`)
        expect(modes).toEqual(expected.map((file) => `600 root ${file}`))
        const certificates = linesOn(host, "find /opt -name '*.pem' ! -name '*-key.pem' -printf '%m %u\\n'")
        expect(certificates.length).toBeGreaterThan(2)
        expect(new Set(certificates)).toEqual(new Set(['644 root']))
        expect(linesOn(host, "stat -c '%a %U' /opt/kubernetes/ssl")).toEqual(['750 root'])
      }
    })

    test('keys of certificates are different on each host, those of service accounts and the CA the same on masters (B29, B31)', () => {
      const digests = (file: string, hosts = masters) =>
        new Set(hosts.map((host) => on(host, `sha256sum < ${file}`).output)).size
      for (const file of ['server-key.pem', 'etcd-client-key.pem', 'metrics-server-key.pem'])
        expect(digests(`/opt/kubernetes/ssl/${file}`), file).toBe(3)
      expect(digests('/opt/kubernetes/ssl/flanneld-key.pem', [...masters, ...nodes])).toBe(5)
      for (const file of ['ssl/sa.key', 'ssl/ca-key.pem', 'cfg/encryption-config.yaml', 'cfg/token.csv'])
        expect(digests(`/opt/kubernetes/${file}`), file).toBe(1)
    })

    test.each([
      ['m2', 'ca.pem', 'server', 'sslserver'],
      ['m2', 'ca.pem', 'server', 'sslclient'],
      ['m2', 'etcd-ca.pem', 'etcd-client', 'sslclient'],
      ['m2', 'front-proxy-ca.pem', 'metrics-server', 'sslclient'],
      ['m2', 'etcd-ca.pem', 'flanneld', 'sslclient'],
      ['n1', 'etcd-ca.pem', 'flanneld', 'sslclient'],
      ['m3', '/opt/etcd/ssl/ca.pem', '/opt/etcd/ssl/server', 'sslserver'],
      ['m3', '/opt/etcd/ssl/ca.pem', '/opt/etcd/ssl/client', 'sslclient'],
    ])(
      'on %s openssl verifies by %s that %s is good for %s, and that the key is its own',
      (host, by, name, purpose) => {
        const inFolder = (command: string) => on(host, `cd /opt/kubernetes/ssl && ${command}`)
        expect(inFolder(`openssl verify -x509_strict -purpose ${purpose} -CAfile ${by} ${name}.pem`)).toEqual({
          code: 0,
          output: `${name}.pem: OK\n`,
        })
        const halves = [`x509 -noout -pubkey -in ${name}.pem`, `pkey -pubout -in ${name}-key.pem`]
        const [ofCertificate, ofKey] = halves.map((command) => inFolder(`openssl ${command}`).output)
        expect(ofCertificate).toMatch(/^-----BEGIN PUBLIC KEY/)
        expect(ofCertificate).toBe(ofKey)
      },
    )

    test.each([
      ['ca.pem', 'metrics-server'],
      ['ca.pem', 'etcd-client'],
      ['ca.pem', 'flanneld'],
      ['etcd-ca.pem', 'server'],
      ['front-proxy-ca.pem', 'server'],
    ])('%s does not vouch for %s (B33, B46)', (by, name) => {
      const { code, output } = on('m1', `cd /opt/kubernetes/ssl && openssl verify -CAfile ${by} ${name}.pem`)
      expect(code).not.toBe(0)
      expect(output).toContain('verification failed')
    })

    test('the API server is known by every name a client may use (B64, B78)', () => {
      const check = (option: string, name: string) =>
        on('m3', `openssl x509 -noout -${option} ${name} -in /opt/kubernetes/ssl/server.pem`).output
      const names = ['m1', 'm2', 'm3', 'lb1', 'api.lab.test', 'kubernetes', 'kubernetes.default.svc.cluster.local']
      for (const name of names) expect(check('checkhost', name), name).toContain('does match')
      for (const { address } of spec.hosts.filter(({ name }) => !name.startsWith('n')))
        expect(check('checkip', address), address).toContain('does match')
      for (const address of ['10.96.0.1', '127.0.0.1']) expect(check('checkip', address)).toContain('does match')
      expect(check('checkhost', 'n1')).toContain('does NOT match')
    })

    test('the authorities live for a century, their certificates for a decade (B27)', () => {
      const years = (file: string): number => {
        const { output } = on('m1', `openssl x509 -noout -enddate -in /opt/kubernetes/ssl/${file}.pem`)
        return (Date.parse(output.replace('notAfter=', '')) - Date.now()) / (365 * 86_400_000)
      }
      for (const file of ['ca', 'etcd-ca', 'front-proxy-ca']) expect(Math.round(years(file)), file).toBe(100)
      for (const file of ['server', 'etcd-client', 'metrics-server']) expect(Math.round(years(file)), file).toBe(10)
    })

    test("the token of masters' file is that of kubelets' kubeconfigs, 32 hex digits (B44)", () => {
      const { output: csv } = on('m1', 'cat /opt/kubernetes/cfg/token.csv')
      const [, token] = /^([0-9a-f]{32}),kubelet-bootstrap,10001,"system:kubelet-bootstrap"\n$/.exec(csv) ?? []
      for (const host of [...masters, ...nodes]) {
        const config = parse(on(host, 'cat /opt/kubernetes/cfg/bootstrap.kubeconfig').output)
        expect(config.users).toEqual([{ name: 'kubelet-bootstrap', user: { token } }])
      }
    })

    test('secrets of the cluster are encrypted with 32 bytes', () => {
      const config = parse(on('m2', 'cat /opt/kubernetes/cfg/encryption-config.yaml').output)
      expect(config.kind).toBe('EncryptionConfiguration')
      expect(Buffer.from(config.resources[0].providers[0].aescbc.keys[0].secret, 'base64')).toHaveLength(32)
    })

    test.each([
      ['m1', '/root/.kube/config', 'admin', 'O=system:masters'],
      ['m2', '/opt/kubernetes/cfg/kube-scheduler.kubeconfig', 'system:kube-scheduler', 'O=system:kube-scheduler'],
      ['n2', '/opt/kubernetes/cfg/kube-proxy.kubeconfig', 'kube-proxy', 'O=k8s'],
    ])(
      `on %s kubectl reads %s: the user %s${lacksKubectl}`,
      { skip: lacksKubectl !== '' },
      (host, file, user, group) => {
        const config = path.join(scratch, `${host}.kubeconfig`)
        writeFileSync(config, on(host, `cat ${file}`).output, { mode: 0o600 })
        const { status, stdout, stderr } = spawnSync(
          'kubectl',
          ['--kubeconfig', config, 'config', 'view', '--raw', '--minify', '-o', 'json'],
          { encoding: 'utf8' },
        )
        expect(status, stderr).toBe(0)
        const seen = JSON.parse(stdout)
        expect(seen.clusters[0].cluster.server).toBe('https://api.lab.test:6443')
        expect(seen['current-context']).toBe('default')
        expect(seen.users[0].name).toBe(user)
        const pem = (field: string) => Buffer.from(field, 'base64').toString()
        const files = {
          ca: seen.clusters[0].cluster['certificate-authority-data'],
          own: seen.users[0].user['client-certificate-data'],
        }
        for (const [name, data] of Object.entries(files)) writeFileSync(path.join(scratch, name), pem(data))
        const openssl = (...args: string[]) => spawnSync('openssl', args, { cwd: scratch, encoding: 'utf8' }).stdout
        expect(openssl('verify', '-purpose', 'sslclient', '-CAfile', 'ca', 'own')).toBe('own: OK\n')
        expect(openssl('x509', '-noout', '-subject', '-nameopt', 'RFC2253', '-in', 'own')).toContain(group)
      },
    )
  },
)
