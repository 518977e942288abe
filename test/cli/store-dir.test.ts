// Where certificates and secrets are kept: never where a second CA could be made by accident.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { storeDir } from '../../engine/cli/store-dir.ts'
import { labPaths } from '../../engine/lab/paths.ts'

const dir = mkdtempSync(path.join(tmpdir(), 'tsplay-store-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('in the project above the inventory, wherever tsplay is called', () => {
  mkdirSync(path.join(dir, 'project/inventories'), { recursive: true })
  writeFileSync(path.join(dir, 'project/package.json'), '{}')
  const expected = path.join(dir, 'project/.tsplay/prod')
  expect(storeDir({ name: 'prod', path: path.join(dir, 'project/inventories/prod.ts') }, '/')).toBe(expected)
  expect(storeDir({ name: 'prod', path: 'inventories/prod.ts' }, path.join(dir, 'project'))).toBe(expected)
})

test('beside the inventory where there is no project', () => {
  mkdirSync(path.join(dir, 'loose'))
  expect(storeDir({ name: 'a', path: path.join(dir, 'loose/a.ts') }, '/')).toBe(path.join(dir, 'loose/.tsplay/a'))
})

test('with the lab where the hosts are a lab’s', () => {
  const lab = { subnet: '10.77.0.0/24' }
  expect(storeDir({ name: 'lab', path: 'inventories/lab.ts', lab }, dir)).toBe(path.join(labPaths('lab').dir, 'store'))
})
