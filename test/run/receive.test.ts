// What a task brings to the control side: kept as it is, not in a check, and a failure of the task where it cannot be.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { task } from '../../engine/index.ts'
import { defineModule } from '../../engine/module.ts'
import { always } from '../../engine/probe.ts'
import { sh } from '../../engine/script.ts'
import { debug } from '../../modules/index.ts'
import { type Here, here } from '../support/run-here.ts'

let lab: Here
beforeEach(() => {
  lab = here()
})
afterEach(() => lab.remove())

const bring = defineModule<{ from: string; to: string; mode?: string }, { readonly here: boolean }>({
  name: 'bring',
  params: z.strictObject({ from: z.string(), to: z.string(), mode: z.string().optional() }),
  probe: () => always({ here: false }),
  desired: () => ({ here: true }),
  apply: ({ from }) => sh`cat -- ${from}`,
  receive: ({ to, mode }, _change, output, control) => control.save(to, output, mode === undefined ? {} : { mode }),
})

test('bytes are kept as they are, below the playbook, and not shown (M07)', async () => {
  const from = path.join(lab.dir, 'from')
  const bytes = Buffer.from([0, 255, 10, 13, 0xc3, 0x28])
  writeFileSync(from, bytes)
  const tasks = () => [task('bring', bring({ from, to: 'kept/by/host', mode: '0640' }))]
  const { log } = await lab.run(tasks, { check: true })
  expect(log).toEqual(['h1: bring: changed'])
  expect(existsSync(path.join(lab.dir, 'kept'))).toBe(false)
  const ran = await lab.run(tasks)
  expect(ran.log).toEqual(['h1: bring: changed'])
  const kept = path.join(lab.dir, 'kept/by/host')
  expect(readFileSync(kept)).toEqual(bytes)
  expect((statSync(kept).mode & 0o777).toString(8)).toBe('640')
  expect(readdirSync(path.dirname(kept))).toEqual(['host'])
})

test('what cannot be kept fails the task, and leaves nothing behind (M07)', async () => {
  const from = path.join(lab.dir, 'from')
  writeFileSync(from, 'x')
  mkdirSync(path.join(lab.dir, 'folder/in/the/way'), { recursive: true })
  const { log, tasks } = await lab.run(() => [
    task('bring', bring({ from, to: 'folder/in' })),
    task('behind', debug({ message: 'x' })),
  ])
  expect(log).toEqual(['h1: bring: failed'])
  expect(tasks[0]!.message).toContain('on the control side: ')
  expect(readdirSync(path.join(lab.dir, 'folder'))).toEqual(['in'])
})
