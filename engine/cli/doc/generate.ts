// Part of `npm run build`: writes what is written about modules into the package, for `tsplay doc`.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { extractModuleDocs } from './extract.ts'
import { docsFile } from './module-doc.ts'

const root = path.join(import.meta.dirname, '../../..')
const folder = path.join(root, 'dist/engine/cli/doc')
mkdirSync(folder, { recursive: true })
writeFileSync(path.join(folder, docsFile), JSON.stringify(extractModuleDocs(root)))
