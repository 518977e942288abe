// Which scripts of modules are one question, asked once.
import { expect, it } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import { scriptQuestion } from '../../engine/question/script.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'

it('scripts that differ only in contents or secrets are questions of their own, and show neither', () => {
  const ids = [
    scriptQuestion(sh`${contentOf('one')} | cat`),
    scriptQuestion(sh`${contentOf('two')} | cat`),
    scriptQuestion(sh`echo ${secret('one')}`),
    scriptQuestion(sh`echo ${secret('two')}`),
    scriptQuestion(sh`echo one`),
  ].map(({ id }) => id)
  expect(new Set(ids).size).toBe(5)
  expect(ids.slice(0, 4).join()).not.toMatch(/one|two/)
  expect(scriptQuestion(sh`${contentOf('one')} | cat`).id).toBe(ids[0])
  expect(scriptQuestion(sh`echo ${secret('one')}`).id).toBe(ids[2])
})
