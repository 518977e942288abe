// Every package that the documented inventories have hosts of the RHEL family install, and docker's for Debian: small stand-ins
// under their real names and versions. Which they are is read from the inventories.
import { cluster } from '../../playbooks/cluster.ts'
import type { SmallPackage } from './system-builds.ts'
import { systems } from './system-hosts.ts'
import { documented } from './system-inventories.ts'
import type { Packages } from './system-mirror.ts'

const all = systems.map((system) => cluster.vars.parse(documented[system].vars))

/** Where the parts lie from which some packages are made, on the host that makes them. */
export const parts = '/srv/parts'

/** Debian's own programs and locales, for packages of the RHEL family: a host of the lab is Debian below. Shell. */
export const makeParts = `set -e; mkdir -p ${parts}/deb; cd ${parts}/deb
apt-get -qq download chrony locales 2>/dev/null
for each in *.deb; do dpkg-deb -x $each .; done
cp usr/sbin/chronyd usr/bin/chronyc ..
I18NPATH=$PWD/usr/share/i18n localedef --no-archive -i en_DK -f UTF-8 ${parts}/en_DK.utf8
rm -rf ${parts}/deb`

/** What releases before 8 have from EPEL only. */
const ofEpel = new Set(['jq'])

/** Those of the RHEL family. */
export function rpms(): Packages {
  const names = all.flatMap(({ basePackages, nodePackages, accounts, locale }) => [
    ...[...basePackages.redhat, ...nodePackages.redhat, 'tzdata'],
    ...(accounts.some(({ sudo }) => sudo) ? ['sudo'] : []),
    ...Object.values({ ...locale.debian, ...locale.redhat }).flatMap((each) =>
      each === null ? [] : [`glibc-langpack-${each.split('_', 1)[0]}`],
    ),
  ])
  const plain = [...new Set(names)].sort().map((name) => ({
    ...{ name, version: '1.0', release: '1.el9' },
    files: name === 'glibc-langpack-en' ? english : {},
  }))
  return {
    distribution: [...plain.filter(({ name }) => !ofEpel.has(name)), chrony, versionlock],
    epel: plain.filter(({ name }) => ofEpel.has(name)),
    docker: [
      ...dockerVersions().flatMap(dockerRpms),
      { name: 'containerd.io', version: '1.6.6', release: '3.1.el9', files: {} },
    ],
    kubernetes: [],
    released: [{ ...criDockerd, version: '0.2.5', release: '3.el8' }],
  }
}

/** Those that Debian itself does not have. */
export const debs = (): Packages => ({
  ...{ distribution: [], epel: [], released: [] },
  docker: [...dockerVersions().flatMap(dockerDebs), { name: 'containerd.io', version: '1.6.6-1', files: {} }],
  kubernetes: [{ ...criDockerd, version: '0.2.5.3-0~debian', services: ['cri-docker.socket', 'cri-docker.service'] }],
})

const dockerVersions = (): string[] => [
  ...new Set(
    all.flatMap(({ docker }) => (docker?.from === 'package' && docker.version !== undefined ? [docker.version] : [])),
  ),
]

/** Before 18.09 one package held all. */
const isWhole = (version: string): boolean => /^(1[0-7]\.|18\.0[0-6])/.test(version)

function dockerRpms(version: string): SmallPackage[] {
  const [daemon, client] = dockerFiles(version)
  if (isWhole(version))
    return [{ name: 'docker-ce', version: `${version}.ce`, release: '3.el7', files: { ...daemon, ...client } }]
  const release = '3.el9'
  return [
    { name: 'docker-ce', version, release, epoch: 3, files: daemon },
    { name: 'docker-ce-cli', version, release, epoch: 1, files: client },
  ]
}

function dockerDebs(version: string): SmallPackage[] {
  const [daemon, client] = dockerFiles(version)
  const services = ['docker.service']
  if (isWhole(version))
    return [{ name: 'docker-ce', version: `${version}~ce~3-0~debian`, files: { ...daemon, ...client }, services }]
  return [
    { name: 'docker-ce', version: `5:${version}~3-0~debian-bookworm`, files: daemon, services },
    { name: 'docker-ce-cli', version: `5:${version}~3-0~debian-bookworm`, files: client },
  ]
}

/** A daemon that notes each start and what it was told, and a client that hears nothing from one that does not run. */
const dockerFiles = (version: string) =>
  [
    {
      '/usr/bin/dockerd': `#!/bin/sh\necho "$@" >> /run/dockerd.starts\ncp /etc/docker/daemon.json /run/dockerd.json\nexec sleep infinity\n`,
      '/usr/lib/systemd/system/docker.service': unit('/usr/bin/dockerd'),
    },
    { '/usr/bin/docker': `#!/bin/sh\nsystemctl is-active --quiet docker && echo ${version}\n` },
  ] as const

const unit = (command: string, rest = ''): string =>
  `[Service]\n${rest}ExecStart=${command}\n[Install]\nWantedBy=multi-user.target\n`

const criDockerd = {
  name: 'cri-dockerd',
  files: {
    '/usr/bin/cri-dockerd': '#!/bin/sh\necho "$@" > /run/cri-dockerd.args\nexec sleep infinity\n',
    '/usr/lib/systemd/system/cri-docker.service': unit('/usr/bin/cri-dockerd'),
    '/usr/lib/systemd/system/cri-docker.socket':
      '[Socket]\nListenStream=/run/cri-dockerd.sock\n[Install]\nWantedBy=sockets.target\n',
  },
}

const english = { '/usr/lib/locale/en_DK.utf8': { from: `${parts}/en_DK.utf8` } }

/** The real plugin, which a host of the lab has and one of the RHEL family does not. */
export const versionlockFiles = [
  '/usr/lib/python3/dist-packages/dnf-plugins/versionlock.py',
  '/etc/dnf/plugins/versionlock.conf',
]

const versionlock: SmallPackage = {
  ...{ name: 'python3-dnf-plugin-versionlock', version: '4.0.21', release: '1.el9' },
  files: Object.fromEntries(versionlockFiles.map((from) => [from, { from }])),
}

/** The real daemon, with files and names as the RHEL family has them. */
const chrony: SmallPackage = {
  ...{ name: 'chrony', version: '4.3', release: '1.el9' },
  files: {
    '/usr/sbin/chronyd': { from: `${parts}/chronyd` },
    '/usr/bin/chronyc': { from: `${parts}/chronyc` },
    '/etc/chrony.conf': '# the world, where nobody says otherwise\npool 2.rocky.pool.ntp.org iburst\n',
    '/etc/sysconfig/chronyd': 'OPTIONS="-F 2"\n',
    '/usr/lib/systemd/system/chronyd.service': unit(
      '/usr/sbin/chronyd -f /etc/chrony.conf -u root $OPTIONS',
      'Type=forking\nPIDFile=/run/chrony/chronyd.pid\nEnvironmentFile=-/etc/sysconfig/chronyd\nStateDirectory=chrony\n',
    ).replace('[Service]', '[Unit]\nConditionCapability=CAP_SYS_TIME\n[Service]'),
  },
}

/** The archive of docker's programs, which S1 takes: shell that makes it as /srv/docker.tgz. */
export const makeArchive = `set -e; mkdir -p /srv/archive/docker; cd /srv/archive/docker
printf '#!/bin/sh\\nsystemctl is-active --quiet docker && echo 18.03.1-ce\\n' > docker
printf '#!/bin/sh\\necho "$@" >> /run/dockerd.starts\\ncp /etc/docker/daemon.json /run/dockerd.json\\nexec sleep infinity\\n' > dockerd
for each in docker-init docker-proxy docker-runc docker-containerd docker-containerd-ctr docker-containerd-shim; do
  printf '#!/bin/sh\\n' > $each
done
chmod 755 *; cd ..; tar -czf /srv/docker.tgz docker`
