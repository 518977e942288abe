// Users and groups as this machine's databases tell them, all of them and those of its own files.
import { describe, expect, it } from 'vitest'
import { all, group, user } from '../../engine/probe.ts'
import { askLocally } from '../support/local-host.ts'
import { shellsHere } from '../support/shells.ts'

describe.each(shellsHere)('accounts in $name', ({ argv: shell }) => {
  it.each([{ local: false }, { local: true }])('are told with their groups and homes: %j', async (options) => {
    const found = await askLocally(
      all({
        root: user('root', options),
        nobody: user('nobody', options),
        none: user('no-such-user', options),
        adm: group('adm', options),
        noGroup: group('no-such-group', options),
      }),
      shell,
    )
    expect(found).toMatchObject({
      root: { uid: 0, gid: 0, group: 'root', home: '/root', homeExists: true },
      nobody: { home: '/nonexistent', homeExists: false },
      none: null,
      adm: { name: 'adm', gid: 4 },
      noGroup: null,
    })
  })
})
