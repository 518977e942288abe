// The laws that every module keeps, tried on its examples and on hundreds of worse ones: a probe writes nothing, no value
// is ever run, what is shown holds no secret.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Control } from '../../engine/module.ts'
import { createControl, createControlCache } from '../../engine/run/control/control.ts'
import { memoryStore } from '../support/run-here.ts'
import { throwAwayRootLacks } from '../support/throw-away-root.ts'
import { exampledModules, parametersOf } from './examples.ts'
import { tryAll } from './tried.ts'
import { markedSecret, variantsOf, withMarkedSecrets } from './variants.ts'

/** Parameters whose value is a program: that it is run is what it is for. Those under '' are so in all modules. */
const programs: Readonly<Record<string, readonly string[]>> = {
  shell: ['cmd', 'executable'],
  command: ['cmd'],
  script: ['executable'],
  raw: ['cmd', 'executable'],
  expect: ['cmd'],
  reboot: ['testCommand'],
  '': ['validate'],
}

/** Parameters that go into a certificate and into no script; each of their values would need a key of its own. */
const unscripted: Readonly<Record<string, readonly string[]>> = { ca: ['subject'], cert: ['subject', 'hosts'] }

/** Parameters that no example can use, and why. */
const unusable: Readonly<Record<string, string>> = {}

// five at a time share the machine with whatever else is tested
const patience = 180_000

const modules = await exampledModules()
const exampled = modules.filter(({ examples }) => examples.length > 0)
const lacks = throwAwayRootLacks()

let control: Control
let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tsplay-laws-'))
  cpSync(path.join(import.meta.dirname, 'sources'), folder, { recursive: true })
  control = createControl({
    check: false,
    host: { name: 'h1', address: '127.0.0.1' },
    store: memoryStore(),
    facts: { get: () => 'a fact', set: () => {} },
    dirs: [folder],
    cache: createControlCache(),
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the examples that the laws are tried on', () => {
  it('are two or more for every module', () => {
    expect(modules.filter(({ examples }) => examples.length < 2).map(({ name }) => name)).toEqual([])
  })

  it.each(exampled)('of $name use each of its parameters', ({ name, module, examples }) => {
    const used = new Set(examples.flatMap(({ params }) => Object.keys(params as object)))
    const unused = parametersOf(module.params).filter((parameter) => !used.has(parameter))
    expect(unused.filter((parameter) => unusable[`${name}.${parameter}`] === undefined)).toEqual([])
  })
})

describe.skipIf(lacks)(`every module${lacks ? ` (skipped: ${lacks})` : ''}`, () => {
  it.concurrent.each(exampled)(
    '$name asks without writing, says why it cannot, and shows no secret',
    async ({ examples }) => {
      const marked = examples.map((example) => ({ ...example, params: withMarkedSecrets(example.params) }))
      const { tried, writing } = await tryAll(marked, control)
      expect(writing).toEqual([])
      expect(tried.flatMap(({ bug }) => bug ?? [])).toEqual([])
      expect(tried.filter(({ shown }) => shown.includes(markedSecret))).toEqual([])
    },
    patience,
  )

  it.concurrent.each(exampled)(
    '$name never runs a value, whatever it is, neither asking nor applying',
    async ({ name, examples }) => {
      const skip = [programs[name], programs[''], unscripted[name]].flatMap((params) => params ?? [])
      const seen = new Set<string>()
      const variants = examples.flatMap((example) => variantsOf(example, skip, seen))
      const { tried, writing, written } = await tryAll(
        variants.map(({ action }) => action),
        control,
      )
      expect(writing).toEqual([])
      expect(
        tried.flatMap(({ bug }, index) => (bug ? [{ at: variants[index]!.at, text: variants[index]!.text, bug }] : [])),
      ).toEqual([])
      expect(written.filter((file) => /^\/_?pwned/.test(file))).toEqual([])
    },
    patience,
  )
})
