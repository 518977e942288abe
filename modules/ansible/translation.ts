// How one of Ansible's modules is said with one of ours: plain data, and a function where data does not suffice. Runs nothing.
import type { AnyModule } from '../../engine/module.ts'

/** Arguments by name, as text or, from a JSON object, with their types. */
export type Args = Readonly<Record<string, unknown>>

/** Something Ansible has and we do not. */
export interface Refusal {
  /** Why, as the end of a sentence that begins with its name. */
  readonly why: string
  /** What does the same. */
  readonly instead: string
}

/** A refused parameter. */
export interface RefusedParam extends Refusal {
  /** Values that ask for nothing, and are left out. Default: `no`, in all its spellings, and the empty text. */
  readonly harmless?: readonly string[]
}

/** What is to be run: one of our modules, by name or itself, and arguments by our names. */
export interface Wish {
  readonly module: string | AnyModule
  readonly args: Args
}

export interface Translation {
  /** Its name without the collection, and others it goes by. */
  readonly names: readonly string[]
  /** Our module, unless `adapt` says which. */
  readonly module: string | AnyModule
  /** True: the argument is a command, which becomes `cmd`. */
  readonly freeForm?: boolean
  /** Its parameters whose names differ from ours by more than case and underscores, and all aliases. */
  readonly renamed?: Readonly<Record<string, string>>
  /** By our parameter: values that we call otherwise. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Parameters without a meaning for us: what they ask for is so, or changes nothing on the host. */
  readonly ignored?: readonly string[]
  readonly refused?: Readonly<Record<string, RefusedParam>>
  /** What remains to be said, given the arguments by our names. @throws TsplayError */
  readonly adapt?: (args: Args) => Wish
}

/** A parameter that is refused. */
export const refusedParam = (why: string, instead: string, ...harmless: string[]): RefusedParam => ({
  why,
  instead,
  ...(harmless.length > 0 && { harmless }),
})

/** Attributes of files that every file-like module of Ansible's takes, and none of ours. */
export const fileParams: Pick<Translation, 'ignored' | 'refused'> = {
  ignored: ['unsafe_writes'],
  refused: {
    attributes: refusedParam('chattr flags are not set by tsplay', "-m command -a 'chattr …'"),
    attr: refusedParam('chattr flags are not set by tsplay', "-m command -a 'chattr …'"),
    ...Object.fromEntries(
      ['selevel', 'serole', 'setype', 'seuser'].map((name) => [
        name,
        refusedParam('SELinux labels are not set by tsplay', "-m command -a 'chcon …'"),
      ]),
    ),
  },
}
