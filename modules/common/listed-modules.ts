// Lists of kernel modules in files of /etc/modules-load.d and /etc/modprobe.d, as text. Runs nothing.
import type { Content } from '../../engine/content.ts'
import { moduleName } from '../../engine/question/kernel-module.ts'
import { contentOfLines, linesOf } from './config-file.ts'

/**
 * The file with each module on a line of its own (after the word `before`), or without it; undefined where it is right as it is. A line that holds
 * more than the name, such as a comment behind it, names no module at boot and is replaced.
 */
export function listedModules(
  file: Content | null,
  names: readonly string[],
  load: boolean,
  before = '',
): Content | undefined {
  const lines = linesOf(file)
  const names_ = new Set(names)
  const seen = new Set<string>()
  const kept = lines.filter((line) => {
    if (/^\s*([#;]|$)/.test(line)) return true
    if (!line.trim().startsWith(before)) return true
    const [first = '', ...rest] = line.trim().slice(before.length).split(/\s+/)
    const name = moduleName(first)
    if (!names_.has(name)) return true
    if (!load || rest.length > 0 || seen.has(name)) return false
    seen.add(name)
    return true
  })
  const result = load ? [...kept, ...names.filter((name) => !seen.has(name)).map((name) => `${before}${name}`)] : kept
  return result.length === lines.length && result.every((line, index) => line === lines[index])
    ? undefined
    : contentOfLines(result)
}
