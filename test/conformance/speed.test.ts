// A tree of 1,000 small files to a host: tsplay against ansible with pipelining, on the same host in the same run.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { task } from '../../engine/index.ts'
import { type LabSpec, labConnection, labDown, labUp, machineLacks } from '../../engine/lab/lab.ts'
import { copy } from '../../modules/index.ts'
import { runThere } from '../support/run-there.ts'
import { hostsFor } from './modules/hosts.ts'

const lacks = inject('ansibleMissing') || (await machineLacks())
const address = '10.88.2.11'
// the packages of the other conformance hosts: one base tree for all
const spec: LabSpec = {
  ...hostsFor('debian').lab,
  name: 'alike-speed',
  subnet: '10.88.2.0/24',
  hosts: [{ name: 'one', address }],
}
const root = mkdtempSync(path.join(tmpdir(), 'tsplay-speed-'))

/** A tree of `count` small files. */
function treeOf(name: string, count: number): void {
  for (let index = 0; index < count; index++) {
    const folder = path.join(root, 'files', name, `d${index % 10}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, `f${index}`), `${name} ${index}\n`.repeat(20))
  }
}

describe.skipIf(lacks)(`many small files${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  beforeAll(async () => {
    await labDown(spec)
    await labUp(spec)
    treeOf('thousand', 1000)
    treeOf('twenty', 20)
    const [key] = labConnection(spec.name).privateKeys
    writeFileSync(
      path.join(root, 'hosts'),
      `one ansible_host=${address} ansible_user=root ansible_ssh_private_key_file=${key} ansible_python_interpreter=/usr/bin/python3\n`,
    )
    writeFileSync(
      path.join(root, 'ansible.cfg'),
      `[defaults]\nlocal_tmp = ${root}/tmp\n[ssh_connection]\npipelining = True\ncontrol_path_dir = ${root}/tmp\n`,
    )
    mkdirSync(path.join(root, 'tmp'))
  })
  afterAll(async () => {
    rmSync(root, { recursive: true, force: true })
    if (!lacks) await labDown(spec)
  })

  const ansible = (...args: string[]): Promise<number> => {
    const env = { PATH: process.env.PATH, HOME: root, LANG: 'C.UTF-8', ANSIBLE_HOST_KEY_CHECKING: '0' }
    const begun = performance.now()
    return new Promise((resolve, reject) => {
      execFile(
        '/usr/bin/python3',
        ['/usr/bin/ansible', 'one', '-i', 'hosts', ...args],
        { cwd: root, env: { ...env, ANSIBLE_CONFIG: path.join(root, 'ansible.cfg') } },
        (error, stdout) => (error ? reject(new Error(stdout)) : resolve(performance.now() - begun)),
      )
    })
  }

  it('tsplay sends 1,000 in the time that ansible takes for 20: more than 50 times as fast', async () => {
    await ansible('-m', 'ping') // its connection is kept
    const nothing = await ansible('-m', 'ping')
    const twenty = (await ansible('-m', 'copy', '-a', 'src=files/twenty dest=/srv')) - nothing
    const begun = performance.now()
    const { log, recap } = await runThere(
      { ...labConnection(spec.name), address },
      [task('tree', copy({ src: 'thousand', dest: '/srv' }))],
      { dir: root },
    )
    const thousand = performance.now() - begun
    expect(log).toEqual(['tree: changed'])
    expect(recap.roundTrips).toBeLessThanOrEqual(5)
    console.info(
      `ansible: ${(twenty / 20).toFixed(0)} ms a file; tsplay: ${(thousand / 1000).toFixed(1)} ms a file, connecting included`,
    )
    expect(thousand).toBeLessThan(twenty)
  }, 300_000)
})
