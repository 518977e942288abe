// playbooks/README.md names every role there is, and no other.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const playbooks = path.join(import.meta.dirname, '../../playbooks')

test('playbooks/README.md lists the roles', () => {
  const table = readFileSync(path.join(playbooks, 'README.md'), 'utf8').split('## Roles')[1]!
  const named = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split('|')[1]!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!))
  expect(named.sort()).toEqual(readdirSync(path.join(playbooks, 'roles')).sort())
})
