// Facts of a host's own making: files `*.fact` in folders, run or read. A file that is no good tells so and hurts no other.
import { map, type Probe, script } from '../probe.ts'
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
import { parseIni } from './ini.ts'

/** Custom facts by the names of their files. What could not be had is an {@link CustomFactError}. */
export type CustomFacts = Readonly<Record<string, unknown>>

/** In the place of a custom fact that could not be had. */
export interface CustomFactError {
  readonly error: string
}

/** Ansible's folder and tsplay's own, which wins where both have a file of one name. */
export const customFactFolders: readonly string[] = ['/etc/ansible/facts.d', '/etc/tsplay/facts.d']

/** Seconds that a program of custom facts may take, where the host has the `timeout` tool. */
const patience = 10

export const customFactsProbe = (folders: readonly string[] = customFactFolders): Probe<CustomFacts> =>
  map(
    script(
      // For each file its name, what it says, and behind a mark its exit code and what it said on standard error. A NUL
      // ends each; the shell takes those out of what it captures.
      sh`_b=
for _f in ${folders.map((folder) => sh`${folder}/*.fact`)}; do
  [ -f "$_f" ] || continue
  _n=\${_f##*/}
  if [ -x "$_f" ]; then
    if [ -z "$_b" ]; then if timeout 1 true 2>/dev/null; then _b='timeout '${patience}; else _b=env; fi; fi
    _v=$( { _e=$($_b "$_f" 2>&1 >&3 3>&- </dev/null); printf '\n\036%s\036%s' "$?" "$_e" >&3; } 3>&1 )
  else _v=$( { _e=$(cat "$_f" 2>&1 >&3 3>&-); printf '\n\036%s\036%s' "$?" "$_e" >&3; } 3>&1 ); fi
  printf '%s\0%s\0' "\${_n%.fact}" "$_v"
done`,
      { reads: [...folders.map(fileResource), 'facts'] },
    ),
    ({ stdout }) => {
      const parts = stdout.split('\0')
      return Object.fromEntries(
        parts.flatMap((name, index) => (index % 2 === 0 && name !== '' ? [[name, customFact(parts[index + 1]!)]] : [])),
      )
    },
  )

function customFact(answer: string): unknown {
  const [, text = '', code = '', errors = ''] = /^([\s\S]*)\n\x1e(\d+)\x1e([\s\S]*)$/.exec(answer) ?? []
  if (code === '124') return failed(`it did not end within ${patience} s`)
  if (code !== '0') return failed(`exit code ${code}${errors.trim() ? `: ${errors.trim().slice(0, 500)}` : ''}`)
  try {
    return JSON.parse(text)
  } catch {
    return parseIni(text) ?? failed('neither JSON nor INI')
  }
}

const failed = (error: string): CustomFactError => ({ error })
