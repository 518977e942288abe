// Flags that a project always wants: the default export of its tsplay.config.ts. Plain data.

/** Flags by their long names in camel case. The command line and TSPLAY_* variables win over them. */
export interface Config {
  /** `-i`: one inventory or several. */
  readonly inventory?: string | readonly string[]
  readonly limit?: string
  readonly user?: string
  readonly privateKey?: string
  /** Seconds to wait for a connection. */
  readonly timeout?: number
  /** Hosts that work at the same time. */
  readonly forks?: number
  /** Seconds for which facts of hosts are kept on disk and not asked again. Default: every run asks. */
  readonly factCache?: number
  readonly become?: boolean
  readonly becomeUser?: string
  readonly becomeMethod?: 'sudo' | 'su' | 'doas'
  readonly diff?: boolean
  /** Lines around a change in what `diff` shows. */
  readonly diffContext?: number
  /** Name the slowest tasks and hosts at the end. */
  readonly profile?: boolean
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  readonly forceHandlers?: boolean
  /** Ask before each task. */
  readonly step?: boolean
  readonly detailedExitcode?: boolean
  readonly output?: 'pretty' | 'plain' | 'ndjson' | 'junit'
  /** For `tsplay role`: the playbook that says where roles run. */
  readonly playbook?: string
  /** File with the passphrase that keys and secrets of the store are encrypted with, relative to the config file. */
  readonly storeKey?: string
}

/** A config file's default export. */
export interface ConfigFile {
  readonly kind: 'config'
  readonly flags: Config
}

/** Declares the flags of a project: `export default config({ inventory: 'prod' })`. */
export const config = (flags: Config): ConfigFile => ({ kind: 'config', flags })
