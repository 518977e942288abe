// /etc/default/grub as lines: shell variables, some of which hold arguments of the kernel. Runs nothing.
import { editArguments, type KernelArguments, wordsOf as words } from './kernel-arguments.ts'

/** The lines with a variable's arguments of the kernel edited; the very same where they are right. */
export function withArguments(lines: readonly string[], variable: string, edit: KernelArguments): readonly string[] {
  const present = setTo(lines, variable)
  const wanted = editArguments(words(present), edit)
  return wanted.join(' ') === words(present).join(' ') ? lines : withVariable(lines, variable, wanted.join(' '))
}

const lineOf = (variable: string): RegExp => new RegExp(`^\\s*${variable}=(["']?)(.*?)\\1\\s*$`)

const setTo = (lines: readonly string[], variable: string): string =>
  lines.flatMap((line) => lineOf(variable).exec(line)?.[2] ?? []).at(-1) ?? ''

/** The lines with a variable set. The last line that does so is the one that counts. */
export function withVariable(lines: readonly string[], variable: string, value: string): readonly string[] {
  const at = lines.findLastIndex((line) => lineOf(variable).test(line))
  const line = `${variable}="${value}"`
  if (at < 0) return [...lines, line]
  return setTo(lines, variable) === value ? lines : lines.with(at, line)
}
