import { describe, expect, it } from 'vitest'
import { distributionSources, formatAptSources, mirrorOf, parseAptSources } from '../../engine/lab/apt-sources.ts'

const debian = { id: 'debian', codename: 'bookworm' }

describe('one-line sources', () => {
  const text = `
# deb http://old.example/debian bookworm main
deb http://mirror.example/debian bookworm main contrib # trailing words
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian bookworm-updates main
deb-src http://mirror.example/debian bookworm main
deb	[ trusted=yes ]	file:/srv/packages ./
`
  const sources = parseAptSources('/etc/apt/sources.list', text)

  it('are read with their options, without comments and source packages', () => {
    expect(sources).toEqual([
      { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main', 'contrib'], options: {} },
      {
        uri: 'http://mirror.example/debian',
        suite: 'bookworm-updates',
        components: ['main'],
        options: { 'signed-by': '/usr/share/keyrings/debian-archive-keyring.gpg' },
      },
      { uri: 'file:/srv/packages', suite: './', components: [], options: { trusted: 'yes' } },
    ])
  })

  it('are written as they were read', () => {
    expect(parseAptSources('sources.list', formatAptSources(sources))).toEqual(sources)
  })
})

describe('deb822 sources', () => {
  const text = `Types: deb deb-src
# a comment between fields
URIs: http://one.example/debian http://two.example/debian
Suites: bookworm
  bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main
`
  it('give one source for each address and suite, and none that is disabled or of source packages', () => {
    const sources = parseAptSources('/etc/apt/sources.list.d/debian.sources', text)
    expect(sources.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://one.example/debian bookworm',
      'http://one.example/debian bookworm-updates',
      'http://two.example/debian bookworm',
      'http://two.example/debian bookworm-updates',
    ])
    expect(sources[0]!.options).toEqual({ 'signed-by': '/usr/share/keyrings/debian-archive-keyring.gpg' })
  })

  it('may hold the key itself', () => {
    const [source] = parseAptSources(
      'vendor.sources',
      'Types: deb\nURIs: http://vendor.example\nSuites: bookworm\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF',
    )
    expect(source!.options['signed-by']).toContain('BEGIN PGP')
    expect(distributionSources([source!], debian)).toEqual([])
  })
})

describe("the distribution's own sources", () => {
  const lines = (text: string) => parseAptSources('sources.list', text)

  it('are the release, its updates and its security fixes', () => {
    const own = `deb http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm-updates main
deb http://mirror.example/debian-security bookworm-security main
`
    const others = `deb http://mirror.example/debian trixie main
deb http://mirror.example/debian bookworm-backports main
deb http://engine.example/linux/debian bookworm stable
deb http://database.example/apt bookworm-db main
deb [signed-by=/usr/share/keyrings/vendor-archive-keyring.gpg] http://vendor.example bookworm main
`
    expect(formatAptSources(distributionSources(lines(others + own), debian))).toBe(own)
  })

  it('name the mirror of the release, wherever its updates come from', () => {
    const sources = lines(`deb http://updates.example/debian bookworm-updates main
deb http://mirror.example/debian bookworm main
`)
    expect(mirrorOf(sources, 'bookworm')).toBe('http://mirror.example/debian')
    expect(mirrorOf(sources, 'trixie')).toBeUndefined()
  })
})
