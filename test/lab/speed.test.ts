// What many file tasks cost a host that is as it should be: round trips, and processes counted by the host itself.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { connect } from '../../engine/connection/connect.ts'
import { task } from '../../engine/index.ts'
import { type LabSpec, labConnection, machineLacks } from '../../engine/lab/lab.ts'
import { asking } from '../../engine/run/ask.ts'
import { sh } from '../../engine/script.ts'
import {
  blockInFile,
  copy,
  directory,
  file,
  iniFile,
  lineInFile,
  link,
  replace,
  template,
} from '../../modules/index.ts'
import { runThere } from '../support/run-there.ts'
import { oneHost } from './one-host.ts'

const lacks = await machineLacks()
const here = it.skipIf(lacks)
const address = '10.80.0.11'
const spec: LabSpec = { name: 'speed', subnet: '10.80.0.0/24', hosts: [{ name: 'one', address }] }
const { folder } = oneHost(spec, lacks)
const login = { ...labConnection(spec.name), address }

/** 200 tasks of all file modules: 25 folders with 8 tasks in each. */
const manyTasks = () =>
  Array.from({ length: 25 }, (_, index) => {
    const at = `/srv/speed/d${index}`
    return [
      task(`directory ${index}`, directory({ path: at, mode: '0750' })),
      task(`copy ${index}`, copy({ dest: `${at}/copy`, content: `${index}\n`, mode: '0640' })),
      task(`template ${index}`, template({ src: 'template.ejs', dest: `${at}/template`, vars: { index } })),
      task(`link ${index}`, link({ path: `${at}/link`, target: 'copy' })),
      task(`line ${index}`, lineInFile({ path: `${at}/edited`, line: `a=${index}`, create: true })),
      task(`block ${index}`, blockInFile({ path: `${at}/edited`, block: `b=${index}` })),
      index % 2 === 0
        ? task(`replace ${index}`, replace({ path: `${at}/edited`, regexp: '^c=1$', replace: 'c=2' }))
        : task(
            `ini ${index}`,
            iniFile({ path: `${at}/ini`, section: 's', option: 'o', value: `${index}`, create: true }),
          ),
      task(`file ${index}`, file({ path: `${at}/template`, mode: '0644' })),
    ]
  }).flat()

describe(lacks ? `many tasks on a real host (skipped: ${lacks})` : 'many tasks on a real host', () => {
  here('200 file tasks with nothing to do: at most 3 round trips and 12 processes on the host', async () => {
    writeFileSync(path.join(folder, 'template.ejs'), 'index=<%= index %>\n')
    const first = await runThere(login, manyTasks(), { dir: folder })
    expect(first.recap).toMatchObject({ failed: 0 })
    const second = await runThere(login, manyTasks(), { dir: folder })
    expect(second.recap).toMatchObject({ ok: 200, changed: 0, failed: 0 })
    expect(second.recap.roundTrips).toBeLessThanOrEqual(3)

    // the same questions again, between two processes whose numbers tell how many there were
    const { user, privateKeys, knownHosts, hostKeys } = login
    const connection = await connect({
      ...{ name: 'one', transport: 'ssh', address, port: 22, user, privateKeys, knownHosts, hostKeys },
      connectTimeout: 30,
    })
    try {
      const session = await connection.session()
      const control = { render: async () => ({ path: '', text: '', secret: false }) }
      const questions = []
      for (const { action } of manyTasks()) {
        const { module, params } = action
        const input = module.prepare
          ? await module.prepare(params, { ...control, isFolder: async () => false } as never)
          : params
        questions.push(...module.probe(input).questions)
      }
      // long enough to be read as questions are: how to do that is found out once a session
      const number = {
        script: sh`: ${'x'.repeat(5000)}
sh -c 'echo $$'`,
      }
      const outputs = await session.bundle([number, ...asking(questions).steps, number])
      const [before, after] = [outputs[0], outputs.at(-1)].map((output) =>
        Number(new TextDecoder().decode(output!.stdout)),
      )
      // the second number is that of what reads its step, of the step and of the shell in it
      expect(after! - before! - 3).toBeLessThanOrEqual(12)
    } finally {
      await connection.close()
    }
  })

  here('1,000 small files copied as a tree: at most 5 round trips, and none left behind', async () => {
    for (let index = 0; index < 1000; index++) {
      const sub = path.join(folder, 'tree', `d${index % 20}`)
      mkdirSync(sub, { recursive: true })
      writeFileSync(path.join(sub, `f${index}`), `${index}\n`.repeat(20))
    }
    const tree = [task('tree', copy({ src: 'tree/', dest: '/srv/tree' }))]
    const first = await runThere(login, tree, { dir: folder })
    expect(first.log).toEqual(['tree: changed'])
    expect(first.recap.roundTrips).toBeLessThanOrEqual(5)
    const second = await runThere(login, tree, { dir: folder })
    expect(second.log).toEqual(['tree: ok'])
    expect(second.recap.roundTrips).toBeLessThanOrEqual(2)
  })
})
