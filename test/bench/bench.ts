// npm run bench: tsplay against a raw ssh2 script and against scp, on the lab; large inventories; certificates against openssl. Prints a table; exits 1 where a target is missed.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { HostRecap } from '../../engine/event.ts'
import { labConnection, labSsh } from '../../engine/lab/connection.ts'
import { largeInventories } from './inventories.ts'
import { type Measured, measure, median } from './measure.ts'
import { clusterPki } from './pki.ts'
import { record } from './record.ts'

const root = path.join(import.meta.dirname, '../..')
const bin = path.join(root, 'dist/engine/cli/bin.js')
const scratch = mkdtempSync(path.join(tmpdir(), 'tsplay-bench-'))
const rows: string[][] = []
let missed = false

process.chdir(root)
try {
  await largeInventories(bin, scratch, row)
  await clusterPki(scratch, row)
  await measure(process.execPath, [bin, 'lab', 'up'])
  await measure(process.execPath, [bin, 'run', 'playbooks/site.ts', '-i', 'lab'])
  await convergedRun(7)
  await bigFile(3)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
for (const row of rows)
  process.stdout.write(
    `${row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()}\n`,
  )
process.exitCode = missed ? 1 : 0

function row(what: string, measured: string, target: string, met: boolean): void {
  if (rows.length === 0) rows.push(['what', 'measured', 'target', ''])
  rows.push([what, measured, target, met ? 'met' : 'MISSED'])
  missed ||= !met
}

/** A second run of the whole site over six hosts, which changes nothing. */
async function convergedRun(rounds: number): Promise<void> {
  const file = path.join(scratch, 'reads.json')
  await record('playbooks/site.ts', 'lab', file)
  const tsplay: Measured[] = []
  const raw: Measured[] = []
  for (let round = 0; round < rounds; round++) {
    tsplay.push(
      await measure(process.execPath, [
        bin,
        'run',
        'playbooks/site.ts',
        '-i',
        'lab',
        '-o',
        'ndjson',
        '--detailed-exitcode',
      ]),
    )
    raw.push(await measure(process.execPath, [path.join(import.meta.dirname, 'raw-reads.mjs'), file]))
  }
  const [ours, theirs] = [tsplay, raw].map((runs) => median(runs.map(({ seconds }) => seconds))) as [number, number]
  const recap = JSON.parse(tsplay[0]!.stdout.trim().split('\n').at(-1)!) as { hosts: Record<string, HostRecap> }
  const trips = Math.max(...Object.values(recap.hosts).map(({ roundTrips }) => roundTrips))
  const memory = Math.max(...tsplay.map(({ megabytes }) => megabytes))
  const limit = 1.5 * theirs + 0.5
  row(
    'converged run, 6 hosts',
    `${ours.toFixed(2)} s (raw ssh2: ${theirs.toFixed(2)} s)`,
    `at most ${limit.toFixed(2)} s (1.5 x raw + 0.5 s)`,
    ours <= limit,
  )
  row('round trips a host', String(trips), 'at most 6', trips <= 6)
  row('resident memory', `${memory.toFixed(0)} MB`, 'under 120 MB', memory < 120)
}

/** 100 MB to three hosts at once. */
async function bigFile(rounds: number): Promise<void> {
  const source = path.join(scratch, 'big')
  writeFileSync(source, randomBytes(100 * 1024 * 1024))
  writeFileSync(
    path.join(scratch, 'big.ts'),
    `import { play, playbook, task } from 'tsplay'
import { copy } from 'tsplay/modules'
import { cluster } from '${root}/playbooks/cluster.ts'
export default playbook(cluster, [play({ name: 'big', hosts: 'masters', tasks: () => [task('big', copy({ src: 'big', dest: '/var/tmp/big' }))] })])
`,
  )
  const { privateKeys, knownHosts } = labConnection('lab')
  const addresses = ['10.77.0.11', '10.77.0.12', '10.77.0.13']
  const clear = (): void => {
    const hosts = addresses.map((address, index) => ({ name: `m${index + 1}`, address }))
    for (const { name } of hosts)
      spawnSync('ssh', labSsh({ name: 'lab', subnet: '10.77.0.0/24', hosts }, name, ['rm -f /var/tmp/big']))
  }
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    clear()
    ours.push(
      (await measure(process.execPath, [bin, 'run', path.join(scratch, 'big.ts'), '-i', 'lab', '-o', 'ndjson']))
        .seconds,
    )
    clear()
    const options = [
      '-q',
      '-o',
      `IdentityFile=${privateKeys[0]}`,
      '-o',
      `UserKnownHostsFile=${knownHosts}`,
      '-o',
      'BatchMode=yes',
    ]
    const started = performance.now()
    await Promise.all(addresses.map((address) => measure('scp', [...options, source, `root@${address}:/var/tmp/big`])))
    theirs.push((performance.now() - started) / 1000)
  }
  clear()
  const rate = (seconds: readonly number[]): number => 300 / median(seconds)
  const ratio = rate(ours) / rate(theirs)
  row(
    '100 MB to 3 hosts',
    `${rate(ours).toFixed(0)} MB/s (scp: ${rate(theirs).toFixed(0)} MB/s), ratio ${ratio.toFixed(2)}`,
    'at least 0.70 of scp',
    ratio >= 0.7,
  )
}
