import { expect, test } from 'vitest'
import { hostNames } from '../../playbooks/host-names.ts'

test.each([
  ['m1', ['m1']],
  ['m1.example.com', ['m1.example.com', 'm1']],
])('%s is known as %j', (name, names) => expect(hostNames(name)).toEqual(names))
