import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { differencesPage, readScenarios } from './page.ts'

const scenarios = await readScenarios()

test('docs/differences.md is what `npm run differences` writes', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/differences.md'), 'utf8')
  expect(page).toBe(differencesPage(scenarios))
})

test('at least 150 scenarios are run by both', () => {
  expect([...scenarios.values()].flat().length).toBeGreaterThanOrEqual(150)
})

test('README.md says how many there are', () => {
  const readme = readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8')
  expect(readme).toContain(`${[...scenarios.values()].flat().length} small task lists`)
})

test('every difference says why, in words', () => {
  for (const { name, differs } of [...scenarios.values()].flat())
    if (differs) expect(differs.why.length, name).toBeGreaterThan(20)
})

test('no two scenarios have one name', () => {
  const names = [...scenarios.values()].flat().map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})
