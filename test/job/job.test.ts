// Jobs on this machine, in every shell at hand: started, looked at, ended in time, gone.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import { forgetJob, type JobState, jobOutput, lookAtJob, readJob, startJob } from '../../engine/job.ts'
import { type Script, sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'
import { runScript } from '../support/local-host.ts'

let home: string
let before: string | undefined
beforeAll(() => {
  before = process.env.HOME
  home = mkdtempSync(path.join(tmpdir(), 'tsplay-job-'))
  process.env.HOME = home
})
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
  if (before === undefined) delete process.env.HOME
  else process.env.HOME = before
})

const shells = [['/bin/sh'], ['bash'], ['busybox', 'ash']]
const look = async (id: string, shell: readonly string[]): Promise<JobState> =>
  readJob((await runScript(lookAtJob(id), shell)).stdout)

interface Written {
  readonly stdout: string
  readonly stderr: string
}

async function ended(id: string, shell: readonly string[]): Promise<Extract<JobState, { state: 'ended' }> & Written> {
  for (let tries = 0; tries < 100; tries++) {
    const job = await look(id, shell)
    const [out, err] = [await runScript(jobOutput(id, 'out'), shell), await runScript(jobOutput(id, 'err'), shell)]
    if (job.state === 'ended') return { ...job, stdout: out.stdout, stderr: err.stdout }
    await sleep(50)
  }
  throw new Error('the job does not end')
}

async function start(script: Script, shell: readonly string[], seconds = 60): Promise<string> {
  const { code, stdout, stderr } = await runScript(startJob(script, seconds), shell)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trim()
}

// most of the time they sleep
describe.concurrent.each(shells)('a job started by %s %s', (...shell) => {
  test('runs without its connection, and says how it ended (A036)', async () => {
    const go = path.join(home, `go ${crypto.randomUUID()}`)
    const id = await start(sh`echo out; echo err >&2; while [ ! -e ${go} ]; do sleep 0.05; done; exit 3`, shell)
    expect(await look(id, shell)).toEqual({ state: 'running' })
    writeFileSync(go, '')
    expect(await ended(id, shell)).toEqual({
      state: 'ended',
      code: 3,
      timedOut: false,
      stdout: 'out\n',
      stderr: 'err\n',
    })
    await runScript(forgetJob(id), shell)
    expect(await look(id, shell)).toEqual({ state: 'unknown' })
    expect(existsSync(path.join(home, '.tsplay/jobs', id))).toBe(false)
  })

  test('is ended with all it has started when its time is over (A036)', async () => {
    const file = path.join(home, `still ${crypto.randomUUID()}`)
    const id = await start(sh`(sleep 3; touch ${file}) & sleep 100`, shell, 1)
    expect(await ended(id, shell)).toMatchObject({ code: 124, timedOut: true })
    await sleep(3000)
    expect(existsSync(file)).toBe(false)
  })

  test('is ended when it is forgotten (X13)', async () => {
    const file = path.join(home, `still ${crypto.randomUUID()}`)
    const id = await start(sh`(sleep 2; touch ${file}) & sleep 100`, shell)
    await sleep(200)
    await runScript(forgetJob(id), shell)
    await sleep(2500)
    expect(existsSync(file)).toBe(false)
  })

  test('gets contents and secrets as they are, in files that only its user may read', async () => {
    const content = contentOf("it's\n$HOME\n")
    const id = await start(
      sh`${content} > "$HOME"/copy$$; cat "$HOME"/copy$$; printf '%s' ${secret("a 'quoted' $secret")}`,
      shell,
    )
    expect(await ended(id, shell)).toMatchObject({ code: 0, stdout: "it's\n$HOME\na 'quoted' $secret" })
    const folder = path.join(home, '.tsplay/jobs', id)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const file of readdirSync(folder)) expect(statSync(path.join(folder, file)).mode & 0o077).toBe(0)
  })

  test('has ended where its processes were ended from outside', async () => {
    const id = await start(sh`sleep 100`, shell)
    await sleep(200)
    // the whole group, supervisor and all, as a reboot would
    await runScript(sh`read -r p < "$HOME"/.tsplay/jobs/${id}/pid; kill -KILL -$p`, shell)
    await sleep(100)
    expect(await ended(id, shell)).toMatchObject({ code: 137, timedOut: false })
  })
})
