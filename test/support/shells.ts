// The shells of this machine that a host may have, and texts that break what quotes badly.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A shell and the tools it finds. */
export interface ShellHere {
  readonly name: string
  readonly argv: readonly string[]
}

const runs = (argv: readonly string[]): boolean => spawnSync(argv[0]!, [...argv.slice(1), '-c', 'true']).status === 0

/** busybox with nothing but its own tools, as on Alpine. */
function busyboxAlone(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-busybox-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  spawnSync('busybox', ['--install', '-s', folder])
  return ['env', `PATH=${folder}`, join(folder, 'ash')]
}

/** Every shell that this machine has. */
export const shellsHere: readonly ShellHere[] = [
  { name: 'dash', argv: ['dash'] },
  { name: 'bash', argv: ['bash'] },
  { name: 'busybox ash', argv: ['busybox', 'ash'] },
  { name: 'busybox alone', argv: busyboxAlone() },
].filter(({ argv }) => runs(argv))

/** Texts that a badly quoted script would run, split, expand or take for an option. */
export const nastyTexts: readonly string[] = [
  "'; touch /pwned; '",
  'two\nlines',
  ' blanks  around ',
  'ünïcode ☃ 日本',
  '-leading dash',
  '$(touch /pwned) `touch /pwned` $HOME',
  '"quoted" back\\slash',
  '%s %d \\n',
  '* ? [a] ~ # & | > <',
]

/** The same as names of files. */
export const nastyNames: readonly string[] = nastyTexts.map((text) => text.replaceAll('/', '_'))

/** Nothing of what the texts hold has been run. */
export const nothingRan = (): boolean => !existsSync('/pwned') && !existsSync('_pwned')
