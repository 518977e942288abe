// npm run differences: writes docs/differences.md.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { differencesPage, readScenarios } from './page.ts'

writeFileSync(path.join(import.meta.dirname, '../../docs/differences.md'), differencesPage(await readScenarios()))
