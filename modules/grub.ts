// grub: arguments of the kernel and the default kernel, as GRUB has them at the next boot. Reboots nothing.
import { z } from 'zod'
import type { Content } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, map, type Probe, type ScriptAnswer, script } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import { configFile, contentOfLines, linesOf, writeConfigFile } from './common/config-file.ts'
import { withArguments, withVariable } from './common/grub-file.ts'
import { editArguments, type KernelArguments, wordsOf as words } from './common/kernel-arguments.ts'
import { willAnswer } from './common/will-answer.ts'

/** Parameters of `grub`. At least one of `args`, `absentArgs` and `defaultKernel`. */
export interface GrubParams {
  /** Arguments that the kernel gets: `swapaccount=1`, `quiet`. One with a value replaces others of its key. */
  args?: string[]
  /** Arguments that it does not get: a key alone (`crashkernel`) is removed with any value, one with a value only with that. */
  absentArgs?: string[]
  /** The kernel that is booted: its version (`6.1.0-30-amd64`), or the path of its file below /boot. */
  defaultKernel?: string
  /** The variable of /etc/default/grub. Default `GRUB_CMDLINE_LINUX`, which rescue entries have as well. */
  variable?: 'GRUB_CMDLINE_LINUX' | 'GRUB_CMDLINE_LINUX_DEFAULT'
}

/** What the host boots. */
export interface GrubState {
  /** /etc/default/grub. */
  readonly file: Content | null
  /** Arguments of the entries that are there, where the host keeps them one by one (grubby). */
  readonly entries: readonly string[] | null
  /** The default kernel's version, where grubby tells it. */
  readonly kernel: string | null
}

/** What `register` receives. */
export interface GrubResult {
  /** The running kernel was not given these arguments, or is another one. */
  readonly rebootRequired: boolean
}

type Found = GrubState & {
  readonly tool: 'grubby' | 'update-grub' | 'grub2-mkconfig' | 'grub-mkconfig' | 'none'
  readonly running: { readonly args: readonly string[]; readonly kernel: string }
  /** Ids of menu entries in grub.cfg. */
  readonly menu: readonly string[]
}

const file = '/etc/default/grub'

/**
 * GRUB gives the kernel these arguments, and boots this one. Its menu is made again only where something has changed.
 *
 * @example memory limits of containers count swap; a reboot where that is not so yet
 * ```ts
 * task('count swap', grub({ args: ['cgroup_enable=memory', 'swapaccount=1'] })).register(({ rebootRequired }) => [
 *   rebootRequired && task('reboot', reboot({})),
 * ])
 * ```
 *
 * @example a new kernel
 * ```ts
 * task('boot the new kernel', grub({ defaultKernel: '4.19.12-1.el7.elrepo.x86_64' }))
 * ```
 */
export const grub = defineModule<GrubParams, Found, GrubResult>({
  name: 'grub',
  params: z
    .strictObject({
      args: z.array(argument()).optional(),
      absentArgs: z.array(argument()).optional(),
      defaultKernel: z
        .string()
        .regex(/^(\/boot\/[A-Za-z0-9._+~-]+|[A-Za-z0-9][A-Za-z0-9._+~-]*)$/, {
          error: "is a kernel's version, such as '6.1.0-30-amd64', or a file in /boot",
        })
        .optional(),
      variable: z.enum(['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT']).optional(),
    })
    .refine(({ args, absentArgs, defaultKernel }) => args || absentArgs || defaultKernel, {
      error: 'give args, absentArgs or defaultKernel',
    })
    .refine(
      ({ args = [], absentArgs = [] }) =>
        !args.some((each) => absentArgs.includes(each) || absentArgs.includes(keyOf(each))),
      {
        error: 'names an argument that args wants',
        path: ['absentArgs'],
      },
    ),
  subject: () => 'grub',
  probe: (params) =>
    map(all({ content: configFile(file), found: look(params) }), ({ content, found }) => ({
      file: content,
      ...foundIn(found),
    })),
  desired(params, actual) {
    if (actual.tool === 'none')
      throw new TaskFailure(
        'the host has no GRUB: neither grubby nor update-grub nor grub2-mkconfig',
        'a container boots no kernel of its own',
      )
    const edit = argumentsOf(params)
    const lines = linesOf(actual.file)
    let wanted = edit ? withArguments(lines, params.variable ?? 'GRUB_CMDLINE_LINUX', edit) : lines
    if (params.defaultKernel !== undefined && actual.tool !== 'grubby')
      wanted = withVariable(wanted, 'GRUB_DEFAULT', menuEntry(versionOf(params.defaultKernel), actual.menu))
    return {
      ...(wanted.join('\n') !== lines.join('\n') && { file: contentOfLines(wanted) }),
      ...(edit && actual.entries && { entries: editArguments(actual.entries, edit) }),
      ...(params.defaultKernel !== undefined &&
        actual.tool === 'grubby' && { kernel: versionOf(params.defaultKernel) }),
    }
  },
  apply(params, change) {
    const { tool } = change.from
    const written = change.to?.file && change.has('file') ? writeConfigFile(file, change.to.file) : undefined
    if (tool === 'grubby')
      return sh.join([
        written,
        change.has('entries') && updateEntries(argumentsOf(params)!),
        change.has('kernel') &&
          sh`grubby --set-default ${`/boot/vmlinuz-${versionOf(params.defaultKernel!)}`} >&2 || exit 1`,
      ])
    // where the menu cannot be made, the file goes back: else a second run would find nothing to do
    return sh`_k=${file}.before.$$
[ ! -e ${file} ] || cp -p -- ${file} "$_k" || exit 1
${written ?? sh.empty}
if ${generator(tool)} >&2; then rm -f -- "$_k"
else
  if [ -e "$_k" ]; then mv -f -- "$_k" ${file}; else rm -f -- ${file}; fi
  exit 1
fi`
  },
  result: (params, { running }) => ({ rebootRequired: !isRunning(params, running) }),
  touches: () => [file, '/boot', '/etc/kernel'].map(fileResource),
  predict: (params, change) => [
    ...(change.to?.file ? [will.be(file, { type: 'file', follows: true, content: change.to.file })] : []),
    willAnswer(look(params), answerOf({ ...change.from, ...change.to } as Found)),
  ],
})

function argument() {
  return z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.,:=/@+-]*$/, { error: "is one argument of the kernel, such as 'swapaccount=1'" })
}

const keyOf = (argument: string): string => argument.split('=', 1)[0]!

const versionOf = (kernel: string): string => kernel.replace(/^\/boot\/(vmlinuz-)?/, '')

const argumentsOf = ({ args, absentArgs }: GrubParams): KernelArguments | undefined =>
  args || absentArgs ? { present: args ?? [], absent: absentArgs ?? [] } : undefined

/** Everything besides the file that tells, and nothing where there is no GRUB. */
const look = ({ defaultKernel }: GrubParams): Probe<ScriptAnswer> =>
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

function foundIn({ stdout }: ScriptAnswer): Omit<Found, 'file'> {
  const [tool = 'none', cmdline = '', kernel = '', ...rest] = stdout.split('\n')
  const grubby = tool === 'grubby'
  return {
    tool: tool as Found['tool'],
    running: { args: words(cmdline), kernel },
    entries: grubby ? words((rest[0] ?? '').replace(/^"|"$/g, '')) : null,
    kernel: grubby ? versionOf(rest[1] ?? '') : null,
    menu: grubby ? [] : rest.filter((line) => line !== ''),
  }
}

const answerOf = ({ tool, running, entries, kernel, menu }: Found): ScriptAnswer => ({
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

/** Of the older kernels in the submenu, or of the menu itself. @throws TaskFailure where GRUB knows of no such kernel */
function menuEntry(version: string, menu: readonly string[]): string {
  const entry = menu.find((id) => id.startsWith(`gnulinux-${version}-advanced`))
  const submenu = menu.find((id) => id.startsWith('gnulinux-advanced'))
  if (entry === undefined)
    throw new TaskFailure(
      `GRUB's menu has no kernel ${version}`,
      'install it first; its package has the menu made again',
    )
  return submenu === undefined ? entry : `${submenu}>${entry}`
}

function updateEntries({ present, absent }: KernelArguments): Script {
  const options = [
    ...(present.length > 0 ? [`--args=${present.join(' ')}`] : []),
    ...(absent.length > 0 ? [`--remove-args=${absent.join(' ')}`] : []),
  ]
  return sh`grubby --update-kernel=ALL ${options} >&2 || exit 1`
}

/** Where grub.cfg lies is told by links, one for each kind of firmware. */
const generator = (tool: Found['tool']): Script =>
  tool === 'update-grub'
    ? sh`update-grub`
    : sh`{ _l=/etc/grub2.cfg
if [ -d /sys/firmware/efi ]; then _l=/etc/grub2-efi.cfg; fi
_o=$(readlink -f -- "$_l" 2>/dev/null)
for _d in /boot/grub2 /boot/grub; do if [ -z "$_o" ] && [ -d "$_d" ]; then _o=$_d/grub.cfg; fi; done
${tool} -o "\${_o:-/boot/grub/grub.cfg}"; }`

function isRunning(params: GrubParams, { args, kernel }: Found['running']): boolean {
  const edit = argumentsOf(params)
  const same = !edit || editArguments(args, edit).join(' ') === args.join(' ')
  return same && (params.defaultKernel === undefined || kernel === versionOf(params.defaultKernel))
}
