// A question to a host and a kind of questions, of which many cost one process. Pure: renders shell and parses its output.
import type { Script } from '../script.ts'

/** How all questions of one kind in a bundle are put to the host together. */
export interface QuestionKind<Key = never, Answer = unknown> {
  readonly name: string
  /** One read-only script that asks all keys; its standard output is given to {@link parse}. */
  script(keys: readonly Key[]): Script
  /** One answer per key, in order. @throws Error where the output is not what the script prints. */
  parse(output: Uint8Array, keys: readonly Key[], code: number): readonly Answer[]
  /** The resources that a key's answer depends on; undefined: anything. */
  reads(key: Key): readonly string[] | undefined
}

/** One question. Two with the same `id` are asked once. */
export interface Question<out Answer> {
  readonly kind: QuestionKind<never, Answer>
  readonly key: unknown
  readonly id: string
}

/** A question of a kind. `id` must tell keys apart; JSON by default. */
export const question = <Key, Answer>(
  kind: QuestionKind<Key, Answer>,
  key: Key,
  id: string = JSON.stringify(key),
): Question<Answer> => ({ kind: kind as unknown as QuestionKind<never, Answer>, key, id: `${kind.name}:${id}` })

const decoder = new TextDecoder()

/** Output as text; invalid UTF-8 becomes U+FFFD. */
export const decode = (output: Uint8Array): string => decoder.decode(output)
