// hostname: the host's name, live and in /etc/hostname. Knows nothing of /etc/hosts.
import { z } from 'zod'
import { type Content, contentOf, contentText } from '../engine/content.ts'
import { type Change, defineModule } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, map, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { sh } from '../engine/script.ts'
import { configFile, writeConfigFile } from './common/config-file.ts'
import { nameParam } from './common/names.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `hostname`. */
export interface HostnameParams {
  /** The name: labels of letters, digits and `-`, joined by dots; at most 64 characters, as the kernel has it. */
  name: string
}

/** The two places that hold the name. */
export interface HostnameState {
  readonly live: string
  /** The name in /etc/hostname; null where the file is missing or empty. */
  readonly file: string | null
  /** The name in other files that some distributions read at boot, by path; only those that the host has. */
  readonly others?: Readonly<Record<string, string>>
}

type Found = HostnameState & { readonly contents?: Readonly<Record<string, Content>> }

const path = '/etc/hostname'

/** Gentoo and others with OpenRC, Red Hat before systemd, SUSE: a line of a file, of which the rest is left alone. */
const otherFiles: Readonly<Record<string, RegExp>> = {
  '/etc/conf.d/hostname': /^(\s*hostname=)(["']?)([^"'\s#]*)\2/m,
  '/etc/sysconfig/network': /^(\s*HOSTNAME=)(["']?)([^"'\s#]*)\2/m,
  '/etc/HOSTNAME': /^()()(\S+)/,
}

// not /proc/sys/kernel/hostname: in a container that may be another's
const liveName = script(sh`uname -n`, { reads: ['hostname'] })

/**
 * The host is called `name`, now and after a reboot. The whole name is compared.
 *
 * @example as the inventory calls it
 * ```ts
 * task('hostname', hostname({ name: host.name }))
 * ```
 *
 * @example with its domain
 * ```ts
 * task('hostname', hostname({ name: `${host.name}.example.com` }))
 * ```
 */
export const hostname = defineModule<HostnameParams, Found>({
  name: 'hostname',
  params: z.strictObject({
    name: nameParam(
      /^(?=.{1,64}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
      'a host name: letters, digits and - in labels of up to 63 joined by dots, 64 in all',
    ),
  }),
  subject: ({ name }) => name,
  probe: () =>
    map(
      all({
        live: liveName,
        content: configFile(path),
        contents: all(Object.fromEntries(Object.keys(otherFiles).map((other) => [other, configFile(other)]))),
      }),
      ({ live, content, contents }) => {
        // a file that does not name the host is another's business
        const naming = Object.entries(contents).filter(
          (entry): entry is [string, Content] => entry[1] !== null && nameIn(entry[0], entry[1]) !== undefined,
        )
        return {
          live: live.stdout.trim(),
          file: (content && firstName(contentText(content) ?? '')) || null,
          ...(naming.length > 0 && {
            others: Object.fromEntries(naming.map(([other, text]) => [other, nameIn(other, text)!])),
          }),
          ...(naming.length > 0 && { contents: Object.fromEntries(naming) }),
        }
      },
    ),
  desired: ({ name }, { others }) => ({
    live: name,
    file: name,
    ...(others && { others: Object.fromEntries(Object.keys(others).map((other) => [other, name])) }),
  }),
  // systemd keeps a copy of the name and tells others of a change; where it cannot be asked, the kernel can
  apply: ({ name }, change) =>
    sh.join([
      change.has('file') && writeConfigFile(path, contentOf(`${name}\n`)),
      ...othersToWrite(name, change).map(([other, content]) => writeConfigFile(other, content)),
      change.has('live') &&
        sh`if [ -d /run/systemd/system ]; then hostnamectl set-hostname ${name} >/dev/null 2>&1; fi
[ "$(uname -n)" = ${name} ] || hostname ${name} 2>/dev/null || printf '%s' ${name} > /proc/sys/kernel/hostname || exit 1
[ "$(uname -n)" = ${name} ] || { echo 'the live host name could not be set' >&2; exit 1; }`,
      // where the name lives already and only the file was wrong, systemd has not read that yet
      !change.has('live') &&
        sh`if [ -d /run/systemd/system ]; then hostnamectl set-hostname ${name} >/dev/null 2>&1 || :; fi`,
    ]),
  touches: () => [...[path, ...Object.keys(otherFiles)].map(fileResource), 'hostname', 'facts'],
  predict: ({ name }, change) => [
    will.be(path, { type: 'file', content: contentOf(`${name}\n`) }),
    ...othersToWrite(name, change).map(([other, content]) => will.be(other, { type: 'file', content, follows: true })),
    willAnswer(liveName, { code: 0, stdout: `${name}\n` }),
  ],
})

const nameIn = (file: string, content: Content): string | undefined =>
  otherFiles[file]!.exec(contentText(content) ?? '')?.[3]

const othersToWrite = (name: string, { from }: Change<Found>): [string, Content][] =>
  Object.entries(from.contents ?? {})
    .filter(([file, content]) => nameIn(file, content) !== name)
    .map(([file, content]) => [
      file,
      contentOf(
        (contentText(content) ?? '').replace(
          otherFiles[file]!,
          (_line, key: string, quote: string) => `${key}${quote}${name}${quote}`,
        ),
      ),
    ])

const firstName = (text: string): string | undefined =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'))
