// kernelModule: modules of the kernel, loaded now and at boot.
import { z } from 'zod'
import type { Content } from '../engine/content.ts'
import { defineModule, TaskFailure } from '../engine/module.ts'
import { type Prediction, will } from '../engine/prediction.ts'
import { all, always, type KernelModuleAnswer, kernelModule as kernelModuleAnswer, map } from '../engine/probe.ts'
import { moduleName } from '../engine/question/kernel-module.ts'
import { sh } from '../engine/script.ts'
import { configFile, contentOfLines, writeConfigFile } from './common/config-file.ts'
import { listedModules as listed } from './common/listed-modules.ts'
import { nameOrNames, nameParam, namesOf } from './common/names.ts'

/** Parameters of `kernelModule`. */
export interface KernelModuleParams {
  /**
   * One module or several. `-` and `_` mean the same. An alias will do: it is there when all modules are that it stands for
   * on the host, and `persistent` writes it down as it is given.
   */
  name: string | string[]
  /** Default `present`: loaded, or built into the kernel. */
  state?: 'present' | 'absent'
  /**
   * Whether /etc/modules-load.d names the modules, so that they are loaded at boot. True (default): in `tsplay.conf`; a
   * text: in the file of that name (`'k8s'` is `k8s.conf`); false: the files are left alone. Other lines of the file stay.
   */
  persistent?: boolean | string
  /**
   * What the module is loaded with: `numdummies=2`. One module only. One that is loaded already keeps what it was given;
   * with `persistent`, /etc/modprobe.d/tsplay-NAME.conf has it for the next time. Default: that file is left alone.
   */
  params?: string
  /**
   * True: /etc/modprobe.d/tsplay-blacklist.conf keeps the modules from being loaded by themselves, or by anybody who does
   * not name them. False: it does not name them. Default: it is left alone.
   */
  blacklist?: boolean
  /** False: a module that the host does not have is left out instead of failing. Default true. */
  required?: boolean
}

/** The modules on the host. */
export interface KernelModuleState {
  readonly loaded: Readonly<Record<string, boolean>>
  /** The file in /etc/modules-load.d. */
  readonly file: Content | null
  /** The files in /etc/modprobe.d, as far as they are asked about. */
  readonly options: Content | null
  readonly blacklist: Content | null
}

/**
 * Kernel modules are loaded, now and at boot, or are not. One that is built in counts as loaded.
 *
 * @example what kube-proxy in IPVS mode wants
 * ```ts
 * task('modules', kernelModule({ name: ['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_sh', 'nf_conntrack'], persistent: 'ipvs' }))
 * ```
 *
 * @example never to be loaded
 * ```ts
 * task('no floppy', kernelModule({ name: 'floppy', state: 'absent', blacklist: true }))
 * ```
 */
export const kernelModule = defineModule<
  KernelModuleParams,
  KernelModuleState & { readonly answers: Readonly<Record<string, KernelModuleAnswer>> }
>({
  name: 'kernelModule',
  params: z
    .strictObject({
      name: nameOrNames(/^[A-Za-z0-9][A-Za-z0-9_-]{0,55}$/, 'the name of a kernel module: letters, digits, _ and -'),
      state: z.enum(['present', 'absent']).optional(),
      persistent: z
        .union([z.boolean(), nameParam(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "the name of a file, such as 'k8s'")], {
          error: "persistent is true, false, or the name of a file without its folder, such as 'k8s'",
        })
        .optional(),
      required: z.boolean().optional(),
      params: nameParam(/^[A-Za-z0-9_][^\r\n\0]*$/, "parameters such as 'numdummies=2'").optional(),
      blacklist: z.boolean().optional(),
    })
    .refine(({ name, params }) => params === undefined || modulesOf(name).length === 1, {
      error: 'belong to one module: name one',
      path: ['params'],
    })
    .refine(({ state, params }) => params === undefined || state !== 'absent', {
      error: 'are for a module that is loaded',
      path: ['params'],
    }),
  subject: ({ name }) => modulesOf(name).join(', '),
  probe(params) {
    const path = fileOf(params)
    return map(
      all({
        answers: all(Object.fromEntries(modulesOf(params.name).map((name) => [name, kernelModuleAnswer(name)]))),
        file: path === undefined ? always(null) : configFile(path),
        options: optionsFile(params) === undefined ? always(null) : configFile(optionsFile(params)!),
        blacklist: params.blacklist === undefined ? always(null) : configFile(blacklistFile),
      }),
      ({ answers, file, options, blacklist }) => ({
        answers,
        file,
        options,
        blacklist,
        loaded: Object.fromEntries(
          Object.entries(answers).map(([name, { loaded, builtin }]) => [name, loaded || builtin]),
        ),
      }),
    )
  },
  desired(params, { answers, file, blacklist }) {
    const names = wantedModules(params, answers)
    const load = params.state !== 'absent'
    const content = fileOf(params) === undefined ? undefined : listed(file, names, load)
    const banned = params.blacklist === undefined ? undefined : listed(blacklist, names, params.blacklist, 'blacklist ')
    return {
      loaded: Object.fromEntries(names.map((name) => [name, load])),
      ...(content && { file: content }),
      ...(optionsFile(params) !== undefined && { options: optionsOf(params) }),
      ...(banned && { blacklist: banned }),
    }
  },
  apply(params, change) {
    const path = fileOf(params)
    const differing = Object.entries(change.to?.loaded ?? {}).filter(
      ([name, load]) => load !== change.from.loaded[name],
    )
    const words = params.params?.trim().split(/\s+/) ?? []
    const options = optionsFile(params)
    return sh.join([
      change.has('options') && options !== undefined && writeConfigFile(options, optionsOf(params)),
      change.to?.blacklist && change.has('blacklist') && writeConfigFile(blacklistFile, change.to.blacklist),
      ...differing
        .map(([name, load]) => (load ? sh`modprobe ${name} ${words}` : sh`modprobe -r ${name}`))
        .map((script) => sh`${script} || exit 1`),
      path !== undefined && change.to?.file && change.has('file') && writeConfigFile(path, change.to.file),
    ])
  },
  // no `touches`: loading one may load others, and brings parameters and devices with it
  predict(params, { from, to }) {
    const path = fileOf(params)
    const changed = Object.entries(to?.loaded ?? {}).filter(([name, load]) => load !== from.loaded[name])
    return [
      ...changed
        .flatMap(([name, load]) => [name, ...(from.answers[name]?.aliasOf ?? [])].map((each) => [each, load] as const))
        .flatMap(([name, load]) => [will.loadModule(name, load === true), ...(load ? [bringKeys(name)] : [])]),
      ...(path !== undefined && to?.file ? [will.be(path, { type: 'file', content: to.file })] : []),
      ...(to?.options ? [will.be(optionsFile(params)!, { type: 'file', content: to.options })] : []),
      ...(to?.blacklist ? [will.be(blacklistFile, { type: 'file', content: to.blacklist })] : []),
    ]
  },
})

const modulesOf = (name: string | string[]): string[] => namesOf(namesOf(name).map(moduleName))

const fileOf = ({ persistent = true }: KernelModuleParams): string | undefined =>
  persistent === false
    ? undefined
    : `/etc/modules-load.d/${persistent === true ? 'tsplay' : persistent.replace(/\.conf$/, '')}.conf`

const blacklistFile = '/etc/modprobe.d/tsplay-blacklist.conf'

/** Where the parameters of the module stand for the next boot; undefined where they do not. */
const optionsFile = ({ name, params, persistent = true }: KernelModuleParams): string | undefined =>
  params === undefined || persistent === false ? undefined : `/etc/modprobe.d/tsplay-${modulesOf(name)[0]}.conf`

const optionsOf = ({ name, params = '' }: KernelModuleParams): Content =>
  contentOfLines([`options ${modulesOf(name)[0]} ${params.trim().split(/\s+/).join(' ')}`])

/** The modules that the host can have. @throws TaskFailure for one that it cannot and must. */
function wantedModules(
  { name, state, required = true }: KernelModuleParams,
  answers: Readonly<Record<string, KernelModuleAnswer>>,
): string[] {
  const names = modulesOf(name)
  if (state === 'absent') {
    const builtin = names.filter((each) => answers[each]!.builtin)
    if (builtin.length > 0)
      throw new TaskFailure(`${builtin.join(', ')}: built into the kernel, and cannot be unloaded`)
    return names
  }
  const missing = names.filter((each) => !answers[each]!.available)
  if (missing.length > 0 && required) {
    throw new TaskFailure(
      `the host has no kernel module ${missing.join(', ')}: not loaded, not built in, and modprobe does not find it`,
      'mend the name, install the modules of the running kernel, or set required: false to leave it out',
    )
  }
  return names.filter((each) => !missing.includes(each))
}

/** Parameters that appear together with a module, and the value they then have; '' where it cannot be told. */
const broughtKeys: Readonly<Record<string, { module: string; value: string }>> = {
  'net.bridge.bridge-nf-call-iptables': { module: 'br_netfilter', value: '1' },
  'net.bridge.bridge-nf-call-ip6tables': { module: 'br_netfilter', value: '1' },
  'net.bridge.bridge-nf-call-arptables': { module: 'br_netfilter', value: '1' },
  'net.netfilter.nf_conntrack_max': { module: 'nf_conntrack', value: '' },
}

const bringKeys = (name: string): Prediction => ({
  answer: (question, before) => {
    const brought = question.kind.name === 'sysctl' ? broughtKeys[question.key as string] : undefined
    return brought?.module === name && before === null ? brought.value : before
  },
  // whatever else looks for the module's traces
  opaque: true,
})
