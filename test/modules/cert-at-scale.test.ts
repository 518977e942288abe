// 500 certificates on 50 hosts with nothing to do: what they cost the hosts' connections, and the control side.
import { setMaxListeners } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import type { PlayContext } from '../../engine/play.ts'
import { fileStore } from '../../engine/secrets/store.ts'
import type { Site } from '../../engine/site.ts'
import { type TaskList, task } from '../../engine/task.ts'
import { type CertParams, ca, cert, copy } from '../../modules/index.ts'
import { type Made, madeAuthority, madeLeaf } from '../support/made-certificates.ts'
import { folderOf, type Here, here } from '../support/run-here.ts'

const hosts = Array.from({ length: 50 }, (_, index) => `h${index}`)
const numbers = Array.from({ length: 10 }, (_, index) => index)

const authority = { subject: { cn: 'kubernetes', o: 'k8s' } }
const leaf = (number: number) => ({
  subject: { cn: `server-${number}`, o: 'k8s' },
  hosts: ['127.0.0.1', `10.0.0.${number}`, 'kubernetes.default.svc.cluster.local'],
})

/** The certificates of a host, as roles wish for them. */
const wishes = (host: string, folder: string): CertParams[] =>
  numbers.map((number) => ({
    ...{ name: `${host}-${number}`, ca: 'k8s', ...leaf(number) },
    ...{ dest: `${folder}/${number}.pem`, keyDest: `${folder}/${number}-key.pem` },
  }))

/** The files of a certificate, as store and hosts have them. */
function write(file: string, value: Made, mode: number): void {
  writeFileSync(`${file}.pem`, value['.pem'], { mode })
  writeFileSync(`${file}-key.pem`, value['-key.pem'], { mode: 0o600 })
}

describe('500 certificates on 50 hosts that are as wished for', () => {
  let lab: Here
  const store = () => fileStore(join(lab.dir, 'store'), { check: false })

  beforeAll(async () => {
    lab = here(hosts)
    mkdirSync(join(lab.dir, 'store/pki/k8s'), { recursive: true, mode: 0o700 })
    const made = await madeAuthority({ ...authority, expiry: '100y' })
    write(join(lab.dir, 'store/pki/k8s/ca'), made, 0o600)
    // ten keys do for all hosts: what matters is how many are read
    const leaves = await Promise.all(numbers.map((number) => madeLeaf(made, leaf(number))))
    for (const host of hosts)
      for (const [number, value] of leaves.entries())
        write(join(lab.dir, 'store/pki/k8s', `${host}-${number}`), value, 0o600)
    await lab.run((context) => {
      const folder = folderOf(context)
      writeFileSync(join(folder, 'ca.pem'), made['.pem'], { mode: 0o644 })
      for (const [number, value] of leaves.entries()) write(join(folder, `${number}`), value, 0o644)
      return []
    })
    return () => lab.remove()
  })

  it('add no round trip to a run that looks at a file (M18)', async () => {
    const runOf = async (tasks: (context: PlayContext<Site>) => TaskList) => {
      const { signal } = new AbortController()
      setMaxListeners(hosts.length * 2, signal)
      const { outcome, tasks: done } = await lab.run(tasks, { store: store(), forks: hosts.length, signal })
      expect(done.filter(({ status }) => status !== 'ok')).toEqual([])
      return { done, trips: hosts.map((host) => outcome.hosts[host]!.roundTrips) }
    }
    const looking = (context: PlayContext<Site>) =>
      task('file', copy({ content: 'x', dest: `${folderOf(context)}/file` }))
    await lab.run((context) => [looking(context)])
    const plain = await runOf((context) => [looking(context)])
    const certified = await runOf((context) => [
      task('authority', ca({ name: 'k8s', ...authority, dest: `${folderOf(context)}/ca.pem` })),
      wishes(context.host.name, folderOf(context)).map((params) => task(params.name!, cert(params))),
      looking(context),
    ])
    expect(certified.done).toHaveLength(50 * 12)
    expect(certified.trips).toEqual(plain.trips)
    expect(new Set(plain.trips)).toEqual(new Set([1]))
  })

  it('cost the control side no more than 1.5 s of processor time', async () => {
    const times: number[] = []
    for (const _time of [1, 2]) {
      const control = { store: store() } as unknown as Control
      const begun = process.cpuUsage()
      const inputs = await Promise.all(
        hosts.flatMap((host) => wishes(host, '/x').map((params) => cert.module.prepare!(params, control))),
      )
      const { user, system } = process.cpuUsage(begun)
      times.push(Math.round((user + system) / 1000))
      expect(inputs).toHaveLength(500)
      expect(inputs.filter(({ issued }) => issued)).toEqual([])
    }
    console.info(`500 certificates are looked at in ${times.join(' and ')} ms of processor time`)
    // the first time, everything is still to be compiled
    expect(Math.min(...times)).toBeLessThan(1500)
  })
})
