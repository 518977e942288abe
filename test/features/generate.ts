// npm run features: writes docs/features.md.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { featureTable } from './table.ts'
import { namedIn } from './titles.ts'

const root = path.join(import.meta.dirname, '../..')
writeFileSync(path.join(root, 'docs/features.md'), featureTable(namedIn(path.join(root, 'test'))))
