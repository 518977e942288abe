// aptSuite: whether a host has a suite, and from where it is to come, by what its apt says.
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { type Script, showScript } from '../../engine/script.ts'
import { type AptSuiteResult, aptSuite } from '../../playbooks/roles/kernel-upgrade/apt-suite.ts'
import { rootOf } from './role-files.ts'

const own = '/etc/apt/sources.list.d/bookworm-backports.sources'

describe('aptSuite', () => {
  const { module } = aptSuite({ suite: 'bookworm-backports', file: own })
  const result = (stdout: string, mirror?: string) => {
    const params = { suite: 'bookworm-backports', file: own, ...(mirror !== undefined && { mirror }) }
    const state = module.probe(params).read((() => ({ code: 0, stdout, stderr: '' })) as never)
    module.desired(params, state)
    return (module.result!(params, state) as AptSuiteResult).missing
  }
  const line = (suite: string, uris: string, file: string, component = 'main') =>
    `${suite} ${component} ${file} ${uris}\n`
  const deb = 'http://deb.test/debian/'
  const host =
    line('./', 'file:/srv/kernels/', '/etc/apt/sources.list:1', '$(COMPONENT)') +
    line('bookworm', 'cdrom://Debian 12/', '/etc/apt/sources.list:2') +
    line('bookworm', deb, '/etc/apt/sources.list.d/debian.sources:1').repeat(2) +
    line('bookworm', deb, '/etc/apt/sources.list.d/debian.sources:1', 'contrib') +
    line('bookworm', 'https://other.test/debian/', '/etc/apt/sources.list.d/x.list:1', 'non-free') +
    line('bookworm-updates', deb, '/etc/apt/sources.list.d/debian.sources:1')

  test('the mirror of the release has its backports, with the parts that the host takes of it', () => {
    expect(result(host)).toEqual({ uris: 'http://deb.test/debian', components: ['main', 'contrib'] })
    expect(result(host, 'https://near.test/debian')).toEqual({
      uris: 'https://near.test/debian',
      components: ['main', 'contrib'],
    })
    expect(result('', 'https://near.test/debian')).toEqual({ uris: 'https://near.test/debian', components: ['main'] })
  })

  test('a host that has them from a file of its own gets no second one; the one that was brought stays', () => {
    const theirs = line('bookworm-backports', deb, '/etc/apt/sources.list:7')
    expect(result(host + theirs)).toBeUndefined()
    expect(result(theirs)).toBeUndefined()
    // from elsewhere than it is to come
    expect(result(host + theirs, 'https://near.test/debian')).toMatchObject({ uris: 'https://near.test/debian' })
    expect(result(host + line('bookworm-backports', deb, `${own}:1`))).toMatchObject({ uris: 'http://deb.test/debian' })
  })

  test('a host without the release is told that somebody has to name the mirror', () => {
    expect(() => result(line('trixie', deb, '/etc/apt/sources.list:1'))).toThrow(
      'the host takes no packages from bookworm, whose mirror would have bookworm-backports',
    )
  })

  const lacks = spawnSync('apt-get', ['--version']).error === undefined ? '' : ' (skipped: this machine has no apt-get)'
  test.skipIf(lacks !== '')(`apt tells it of every kind of file, also where no list has been fetched${lacks}`, () => {
    const root = rootOf({
      'sources.list': 'deb [arch=amd64] http://deb.test/debian bookworm main\n# deb http://deb.test/debian x main\n',
      'parts/a.sources':
        'Types: deb\nURIs: http://deb.test/debian\nSuites: bookworm-backports\nComponents: main\nEnabled: no\n',
      'parts/b.list': 'deb [trusted=yes] file:/srv/kernels ./\n',
      'lists/partial/none': '',
    })
    const [question] = module.probe({ suite: 'bookworm-backports', file: own }).questions
    const { script } = question!.key as { script: Script }
    const here =
      '-o Dir::Etc::sourcelist=$R/sources.list -o Dir::Etc::sourceparts=$R/parts -o Dir::State::lists=$R/lists'
    const told = root.run(showScript(script).replace('indextargets', `indextargets ${here}`))
    expect(told).toMatchObject({ code: 0 })
    expect(result(told.output)).toEqual({ uris: 'http://deb.test/debian', components: ['main'] })
  })
})
