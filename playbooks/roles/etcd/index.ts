// etcd: one member of a cluster in which members and clients know each other by certificates. Knows no inventory.
import { handler, role, task } from 'tsplay'
import { apt, command, directory, package as packages, systemd, template } from 'tsplay/modules'
import { type CertificateSubject, pki } from '../pki/index.ts'
import { type EtcdMember, memberPki } from './certificates.ts'
import { etcdPaths } from './paths.ts'
import { release } from './release.ts'
import type { EtcdVars } from './vars.ts'

export interface EtcdParams extends EtcdVars {
  /** The member on this host. */
  self: EtcdMember
  /** All members, this one too. */
  members: readonly EtcdMember[]
  /** Family of the host's distribution. */
  family: 'debian' | 'redhat'
  /** What the subjects of certificates have in common. */
  subject: CertificateSubject
}

/**
 * A member runs and the whole cluster is healthy. All members must be started at the same time the first time: systemd
 * waits for each until most of them are there. Later restarts go from host to host, each only while the others are well.
 */
export const etcd = role<EtcdParams>({
  name: 'etcd',
  dir: import.meta.dirname,
  tasks(params) {
    const { dir, dataDir, source, self, members, family, subject, startTimeout } = params
    const paths = etcdPaths(params)
    const vars = {
      ...{ dataDir, paths, startTimeout, token: params.token, enableV2: params.enableV2 },
      self: withUrlHost(self),
      members: members.map(withUrlHost),
    }
    const health = task(
      'the cluster is healthy',
      command({ cmd: [`${paths.binDir}/etcdctl`, ...clientFlags(params), 'endpoint', 'health'] }),
      {
        environment: { ETCDCTL_API: '3' },
        changedWhen: false,
        until: ({ code }) => code === 0,
        retries: 30,
        delay: 2,
      },
    )
    const restart = handler(
      'restart etcd',
      // certificates may be there before etcd is, where only their role is run: then there is nothing to restart
      task('restart etcd', systemd({ name: 'etcd', state: 'restarted', missingOk: true })).register(({ changed }) =>
        changed ? [health] : [],
      ),
      { throttle: 1 },
    )
    const notify = { notify: restart }

    return [
      task('folder', directory({ path: dir, mode: '0755' })),
      task('folder of the configuration', directory({ path: paths.cfgDir, mode: '0755' })),
      task('folder of the data', directory({ path: dataDir, mode: '0700' })),
      // the unit comes before the package: systemd then never learns of the package's own one
      task('unit', template({ src: 'etcd.service.ejs', dest: paths.unit, vars, mode: '0644' }), notify),
      task('enabled', systemd({ name: 'etcd', enabled: true, daemonReload: true })),
      pki({
        ...memberPki({ files: paths, folders: [{ path: paths.pkiDir, mode: '0700' }], self, members, subject }),
        ...notify,
      }),
      task('configuration', template({ src: 'etcd.yml.ejs', dest: paths.config, vars, mode: '0644' }), notify),
      source.type === 'url'
        ? task('programs', release({ ...source, dir, programs: ['etcd', 'etcdctl'] }), notify)
        : family === 'debian'
          ? task('programs', apt({ name: source.names, startServices: false }), notify)
          : task('programs', packages({ name: source.names }), notify),
      // a first start reads everything that is new, so nothing is left to restart for
      task('started', systemd({ name: 'etcd', state: 'started' }), { absorbs: restart }),
      health,
    ]
  },
})

/** Flags with which etcdctl may ask every member. */
export function clientFlags(params: Pick<EtcdParams, 'dir' | 'source' | 'members'>): string[] {
  const paths = etcdPaths(params)
  const endpoints = params.members.map((member) => `https://${withUrlHost(member).urlHost}:2379`)
  return [
    `--cacert=${paths.authority}`,
    `--cert=${paths.clientCertificate}`,
    `--key=${paths.clientKey}`,
    `--endpoints=${endpoints.join(',')}`,
  ]
}

/** The same in the words of etcdctl's second version (ETCDCTL_API=2), which members answer with `enableV2`. */
export const clientFlagsOfV2 = (params: Parameters<typeof clientFlags>[0]): string[] =>
  clientFlags(params).map((flag) => flag.replace(/^--(?:cacert|cert|key)=/, (name) => secondNames[name]!))

const secondNames: Readonly<Record<string, string>> = {
  ...{ '--cacert=': '--ca-file=', '--cert=': '--cert-file=', '--key=': '--key-file=' },
}

const withUrlHost = (member: EtcdMember) => ({
  ...member,
  urlHost: member.address.includes(':') ? `[${member.address}]` : member.address,
})
