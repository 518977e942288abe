// hostname: the host's name, live and in /etc/hostname. Knows nothing of /etc/hosts.
import { z } from 'zod'
import { contentOf, contentText } from '../engine/content.ts'
import { defineModule } from '../engine/module.ts'
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
}

const path = '/etc/hostname'

// not /proc/sys/kernel/hostname: in a container that may be another's
const liveName = script(sh`uname -n`, { reads: ['hostname'] })

/** The host is called `name`, now and after a reboot. The whole name is compared. */
export const hostname = defineModule<HostnameParams, HostnameState>({
  name: 'hostname',
  params: z.strictObject({
    name: nameParam(
      /^(?=.{1,64}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
      'a host name: letters, digits and - in labels of up to 63 joined by dots, 64 in all',
    ),
  }),
  subject: ({ name }) => name,
  probe: () =>
    map(all({ live: liveName, content: configFile(path) }), ({ live, content }) => ({
      live: live.stdout.trim(),
      file: (content && firstName(contentText(content) ?? '')) || null,
    })),
  desired: ({ name }) => ({ live: name, file: name }),
  // systemd keeps a copy of the name and tells others of a change; where it cannot be asked, the kernel can
  apply: ({ name }, change) =>
    sh.join([
      change.has('file') && writeConfigFile(path, contentOf(`${name}\n`)),
      sh`if [ -d /run/systemd/system ]; then hostnamectl set-hostname ${name} >/dev/null 2>&1; fi
[ "$(uname -n)" = ${name} ] || hostname ${name} 2>/dev/null || printf '%s' ${name} > /proc/sys/kernel/hostname || exit 1
[ "$(uname -n)" = ${name} ] || { echo 'the live host name could not be set' >&2; exit 1; }`,
    ]),
  touches: () => [fileResource(path), 'hostname', 'facts'],
  predict: ({ name }) => [
    will.be(path, { type: 'file', content: contentOf(`${name}\n`) }),
    willAnswer(liveName, { code: 0, stdout: `${name}\n` }),
  ],
})

const firstName = (text: string): string | undefined =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'))
