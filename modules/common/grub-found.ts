// What a host tells of its GRUB and of the kernel that runs, besides /etc/default/grub. Wants nothing.
import { type Probe, type ScriptAnswer, script } from '../../engine/probe.ts'
import { fileResource } from '../../engine/resource.ts'
import { sh } from '../../engine/script.ts'
import { wordsOf } from './kernel-arguments.ts'

/** What there is of GRUB. */
export interface GrubFound {
  /** The command that changes it. */
  readonly tool: 'grubby' | 'update-grub' | 'grub2-mkconfig' | 'grub-mkconfig' | 'none'
  readonly running: { readonly args: readonly string[]; readonly kernel: string }
  /** Arguments of the entries that are there, where the host keeps them one by one (grubby). */
  readonly entries: readonly string[] | null
  /** The default kernel's version, where grubby tells it. */
  readonly kernel: string | null
  /** Ids of menu entries in grub.cfg. */
  readonly menu: readonly string[]
}

/** Asks for all of it, for the menu only where a default kernel is wanted. {@link readGrub} reads the answer. */
export const grubProbe = ({ defaultKernel }: { defaultKernel?: string }): Probe<ScriptAnswer> =>
  script(
    sh`for _tool in grubby update-grub grub2-mkconfig grub-mkconfig none; do
  if [ "$_tool" = none ] || command -v "$_tool" >/dev/null 2>&1; then break; fi
done
printf '%s\n' "$_tool"
cat /proc/cmdline; uname -r
if [ "$_tool" = grubby ]; then
  grubby --info=DEFAULT 2>/dev/null | sed -n 's/^args=//p'
  grubby --default-kernel 2>/dev/null
${
  defaultKernel === undefined
    ? sh.empty
    : sh`else
  for _cfg in /boot/grub/grub.cfg /boot/grub2/grub.cfg; do
    [ ! -r "$_cfg" ] || sed -n "s/.*menuentry_id_option '\([^']*\)'.*/\1/p" "$_cfg"
  done`
}
fi`,
    { reads: [fileResource('/boot'), fileResource('/etc/kernel')] },
  )

/** What the answer of {@link grubProbe} says. */
export function readGrub({ stdout }: ScriptAnswer): GrubFound {
  const [tool = 'none', cmdline = '', kernel = '', ...rest] = stdout.split('\n')
  const grubby = tool === 'grubby'
  return {
    tool: tool as GrubFound['tool'],
    running: { args: wordsOf(cmdline), kernel },
    entries: grubby ? wordsOf((rest[0] ?? '').replace(/^"|"$/g, '')) : null,
    kernel: grubby ? kernelVersion(rest[1] ?? '') : null,
    menu: grubby ? [] : rest.filter((line) => line !== ''),
  }
}

/** The answer that a host gives where it is so. */
export const grubAnswer = ({ tool, running, entries, kernel, menu }: GrubFound): ScriptAnswer => ({
  code: 0,
  stdout: [
    tool,
    running.args.join(' '),
    running.kernel,
    ...(tool === 'grubby' ? [`"${(entries ?? []).join(' ')}"`, `/boot/vmlinuz-${kernel}`] : menu),
  ]
    .map((line) => `${line}\n`)
    .join(''),
})

/** The version of a kernel that is named by it or by its file. */
export const kernelVersion = (kernel: string): string => kernel.replace(/^\/boot\/(vmlinuz-)?/, '')
