// Rule R5 of the design: who may import whom. Reads the imports, runs nothing.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '..')
const files = ['engine', 'modules', 'playbooks'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file)),
)

/** What each layer may import, besides itself. The contract is what lies directly in engine/, with its questions and facts. */
const allowed: Record<string, readonly string[]> = {
  contract: [],
  'engine/connection': ['contract'],
  'engine/run': ['contract', 'engine/connection'],
  'engine/inventory': ['contract', 'engine/load'],
  'engine/load': ['contract'],
  'engine/report': ['contract'],
  'engine/secrets': ['contract'],
  'engine/cache': ['contract'],
  'engine/journal': ['contract'],
  'engine/saved-plan': ['contract'],
  'engine/lab': ['contract'],
  'engine/x509': ['contract'],
  'engine/pki': ['contract', 'engine/x509'],
  'engine/cli': [
    'contract',
    'engine/connection',
    'engine/run',
    'engine/inventory',
    'engine/load',
    'engine/report',
    'engine/secrets',
    'engine/cache',
    'engine/journal',
    'engine/saved-plan',
    'engine/lab',
    'engine/x509',
    'engine/pki',
    'modules',
  ],
  // certificates are made and read where commands and modules both find them
  modules: ['contract', 'engine/x509', 'engine/pki'],
}

function layerOf(file: string): string {
  const [top, second] = file.split('/')
  if (top !== 'engine') return top!
  return file.split('/').length === 2 || second === 'question' || second === 'facts' ? 'contract' : `engine/${second}`
}

const importsOf = (file: string): string[] =>
  [
    ...readFileSync(path.join(root, file), 'utf8').matchAll(
      /(?:^|\n)(?:import|export)[^'"\n]*(?:\n[^'"]*?)??from '([^']+)'|import\('([^']+)'\)/g,
    ),
  ].map((match) => (match[1] ?? match[2])!)

const local = (file: string): string[] =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => path.join(path.dirname(file), name))

test.each(Object.keys(allowed))('%s imports only what it may', (layer) => {
  const wrong = files
    .filter((file) => layerOf(file) === layer)
    // the package's own entry gathers what users import from every layer
    .filter((file) => file !== 'engine/index.ts')
    .flatMap((file) =>
      local(file)
        .filter((target) => ![layer, ...allowed[layer]!].includes(layerOf(target)))
        .map((target) => `${file} -> ${target}`),
    )
  expect(wrong).toEqual([])
})

test('playbooks import from the package, as a user does, and from each other', () => {
  const wrong = files
    .filter((file) => file.startsWith('playbooks/'))
    .flatMap((file) =>
      local(file)
        .filter((target) => !target.startsWith('playbooks/'))
        .map((target) => `${file} -> ${target}`),
    )
  expect(wrong).toEqual([])
})

test('no file is part of an import cycle', () => {
  const state = new Map<string, 'open' | 'done'>()
  const cycles: string[] = []
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'open') cycles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
    if (state.has(file)) return
    state.set(file, 'open')
    for (const target of local(file)) if (files.includes(target)) visit(target, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})
