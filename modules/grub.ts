// grub: arguments of the kernel and the default kernel, as GRUB has them at the next boot. Reboots nothing.
import { z } from 'zod'
import type { Content } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { will } from '../engine/prediction.ts'
import { all, map } from '../engine/probe.ts'
import { fileResource } from '../engine/resource.ts'
import { type Script, sh } from '../engine/script.ts'
import { configFile, contentOfLines, linesOf, writeConfigFile } from './common/config-file.ts'
import { withArguments, withVariable } from './common/grub-file.ts'
import { type GrubFound, grubAnswer, grubProbe, kernelVersion, readGrub } from './common/grub-found.ts'
import { makeMenu, menuEntry } from './common/grub-menu.ts'
import { editArguments, type KernelArguments } from './common/kernel-arguments.ts'
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
export interface GrubState extends GrubFound {
  /** /etc/default/grub. */
  readonly file: Content | null
}

/** What `register` receives. */
export interface GrubResult {
  /** The running kernel was not given these arguments, or is another one. */
  readonly rebootRequired: boolean
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
export const grub = defineModule<GrubParams, GrubState, GrubResult>({
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
    map(all({ content: configFile(file), found: grubProbe(params) }), ({ content, found }) => ({
      file: content,
      ...readGrub(found),
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
      wanted = withVariable(wanted, 'GRUB_DEFAULT', menuEntry(kernelVersion(params.defaultKernel), actual.menu))
    return {
      ...(wanted.join('\n') !== lines.join('\n') && { file: contentOfLines(wanted) }),
      ...(edit && actual.entries && { entries: editArguments(actual.entries, edit) }),
      ...(params.defaultKernel !== undefined &&
        actual.tool === 'grubby' && { kernel: kernelVersion(params.defaultKernel) }),
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
          sh`grubby --set-default ${`/boot/vmlinuz-${kernelVersion(params.defaultKernel!)}`} >&2 || exit 1`,
      ])
    // where the menu cannot be made, the file goes back: else a second run would find nothing to do
    return sh`_k=${file}.before.$$
[ ! -e ${file} ] || cp -p -- ${file} "$_k" || exit 1
${written ?? sh.empty}
if ${makeMenu(tool)} >&2; then rm -f -- "$_k"
else
  if [ -e "$_k" ]; then mv -f -- "$_k" ${file}; else rm -f -- ${file}; fi
  exit 1
fi`
  },
  result: (params, { running }) => ({ rebootRequired: !isRunning(params, running) }),
  touches: () => [file, '/boot', '/etc/kernel'].map(fileResource),
  predict: (params, change) => [
    ...(change.to?.file ? [will.be(file, { type: 'file', follows: true, content: change.to.file })] : []),
    willAnswer(grubProbe(params), grubAnswer({ ...change.from, ...change.to } as GrubFound)),
  ],
})

function argument() {
  return z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.,:=/@+-]*$/, { error: "is one argument of the kernel, such as 'swapaccount=1'" })
}

const keyOf = (argument: string): string => argument.split('=', 1)[0]!

const argumentsOf = ({ args, absentArgs }: GrubParams): KernelArguments | undefined =>
  args || absentArgs ? { present: args ?? [], absent: absentArgs ?? [] } : undefined

function updateEntries({ present, absent }: KernelArguments): Script {
  const options = [
    ...(present.length > 0 ? [`--args=${present.join(' ')}`] : []),
    ...(absent.length > 0 ? [`--remove-args=${absent.join(' ')}`] : []),
  ]
  return sh`grubby --update-kernel=ALL ${options} >&2 || exit 1`
}

function isRunning(params: GrubParams, { args, kernel }: GrubFound['running']): boolean {
  const edit = argumentsOf(params)
  const same = !edit || editArguments(args, edit).join(' ') === args.join(' ')
  return same && (params.defaultKernel === undefined || kernel === kernelVersion(params.defaultKernel))
}
