// What to ask a host, as a value: questions and how to read their answers. Asks nothing itself.

import { type GroupEntry, groupQuestion, type UserEntry, userQuestion } from './question/accounts.ts'
import { type Algorithm, type DigestAnswer, digestQuestion } from './question/digest.ts'
import { type FileAnswer, fileQuestion } from './question/file.ts'
import { globQuestion } from './question/glob.ts'
import { type KernelModuleAnswer, kernelModuleQuestion } from './question/kernel-module.ts'
import { linkQuestion } from './question/link.ts'
import { type PackageAnswer, packageQuestion } from './question/package.ts'
import type { Question } from './question/question.ts'
import { type ScriptAnswer, scriptQuestion } from './question/script.ts'
import { type StatAnswer, statQuestion, targetQuestion } from './question/stat.ts'
import { sysctlQuestion } from './question/sysctl.ts'
import { type TreeAnswer, type TreeEntry, type TreeKey, treeQuestion } from './question/tree.ts'
import { type UnitAnswer, type UnitScope, unitQuestion } from './question/unit.ts'
import type { Script } from './script.ts'

export type {
  Algorithm,
  DigestAnswer,
  FileAnswer,
  GroupEntry,
  KernelModuleAnswer,
  PackageAnswer,
  ScriptAnswer,
  StatAnswer,
  TreeAnswer,
  TreeEntry,
  UnitAnswer,
  UnitScope,
  UserEntry,
}

/** The answer to a question that is part of a probe. */
export type Answers = <T>(question: Question<T>) => T

/** Questions for the host and what their answers mean. */
export interface Probe<out T> {
  readonly questions: readonly Question<unknown>[]
  readonly read: (answers: Answers) => T
}

const ask = <T>(question: Question<T>): Probe<T> => ({ questions: [question], read: (answers) => answers(question) })

/** Type, mode, owner, group and size of a path; the link itself, not what it points to; null where nothing is there. */
export const stat = (path: string): Probe<StatAnswer | null> => ask(statQuestion(path))

/** The same for what a link leads to in the end; null also where it leads nowhere. */
export const target = (path: string): Probe<StatAnswer | null> => ask(targetQuestion(path))

/**
 * Digest of a regular file (links are followed), and its content where the digest is not `unless` and the file is small
 * enough to show; null where there is no such file.
 */
export const file = (path: string, options: { unless?: string } = {}): Probe<FileAnswer | null> =>
  ask(fileQuestion(path, options.unless))

/** The digest of a regular file (links are followed) and nothing else of it; null where there is none that may be read. */
export const digest = (path: string, algorithm: Algorithm = 'sha256'): Probe<DigestAnswer> =>
  ask(digestQuestion(path, algorithm))

/** Where a symbolic link points, as written; null where it is not a link. */
export const link = (path: string): Probe<string | null> => ask(linkQuestion(path))

/**
 * A folder (a link to one is followed) with all that is in it, by relative path; null where there is none. `digests`: with
 * the sha256 of each file; `contents`: with the bytes of each small file, and without what is in its folders. `like`: only
 * those paths that are in that folder of the host, too.
 */
export const tree = (
  path: string,
  { files = 'attributes', like }: { files?: TreeKey['files']; like?: string } = {},
): Probe<TreeAnswer> => ask(treeQuestion(path, files, like))

/** Paths that match a shell pattern (`*`, `?`, `[…]`), the first twenty of them. */
export const glob = (pattern: string): Probe<readonly string[]> => ask(globQuestion(pattern))

/** A package by name, with the package manager that was asked. */
export const installedPackage = (name: string): Probe<PackageAnswer> => ask(packageQuestion(name))

/** A systemd unit: `nginx` means `nginx.service`. */
export const unit = (name: string, scope: UnitScope = 'system'): Probe<UnitAnswer> => ask(unitQuestion(name, scope))

/** The live value of a sysctl key, white space normalised; null where the kernel has no such key. */
export const sysctlValue = (key: string): Probe<string | null> => ask(sysctlQuestion(key))

/** An entry of the host's user database; `local`: of its own files, and of no directory service. */
export const user = (name: string, options: { local?: boolean } = {}): Probe<UserEntry | null> =>
  ask(userQuestion(name, options.local))

/** An entry of the host's group database; `local`: of its own files, and of no directory service. */
export const group = (name: string, options: { local?: boolean } = {}): Probe<GroupEntry | null> =>
  ask(groupQuestion(name, options.local))

/** Whether a kernel module is loaded, built in, or available. */
export const kernelModule = (name: string): Probe<KernelModuleAnswer> => ask(kernelModuleQuestion(name))

/** A read-only script of the module's own. `reads` names the resources it looks at; none given: anything. */
export const script = (text: Script, options: { reads?: readonly string[] } = {}): Probe<ScriptAnswer> =>
  ask(scriptQuestion(text, options.reads))

/** A probe that asks nothing. */
export const always = <T>(value: T): Probe<T> => ({ questions: [], read: () => value })

/** The answer, turned into something else by a pure function. */
export const map = <A, B>(probe: Probe<A>, change: (value: A) => B): Probe<B> => ({
  questions: probe.questions,
  read: (answers) => change(probe.read(answers)),
})

/** Several probes as one, by name or by position. */
export function all<T extends readonly unknown[]>(probes: { readonly [K in keyof T]: Probe<T[K]> }): Probe<T>
export function all<T extends object>(probes: { readonly [K in keyof T]: Probe<T[K]> }): Probe<T>
export function all(probes: object): Probe<unknown> {
  const entries = Object.entries(probes) as [string, Probe<unknown>][]
  return {
    questions: entries.flatMap(([, probe]) => probe.questions),
    read: (answers) => {
      const values = entries.map(([name, probe]) => [name, probe.read(answers)] as const)
      return Array.isArray(probes) ? values.map(([, value]) => value) : Object.fromEntries(values)
    },
  }
}
