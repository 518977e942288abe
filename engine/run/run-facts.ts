// Values that tasks leave for others during a run, and for a run that goes on with it.
import { type RunFacts, TaskFailure } from '../module.ts'
import type { Journal } from '../run-journal.ts'

export function runFacts(journal: Journal | undefined): RunFacts {
  const values = new Map<string, unknown>()
  for (const { host, key, value } of journal?.facts() ?? []) values.set(`${host}\0${key}`, value)
  return {
    get(host, key) {
      const name = `${host}\0${key}`
      if (!values.has(name))
        throw new TaskFailure(
          `host ${host} has not set the fact '${key}'`,
          'set it in an earlier play: setFact(key, value)',
        )
      return values.get(name)
    },
    set(host, key, value) {
      values.set(`${host}\0${key}`, value)
      journal?.fact(host, key, value)
    },
  }
}
