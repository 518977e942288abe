import { describe, expect, test } from 'vitest'
import { contentOf } from '../../engine/content.ts'
import { mask } from '../../engine/run/mask.ts'
import { sh } from '../../engine/script.ts'
import { secret } from '../../engine/secret.ts'

const learnt = (...parts: Parameters<typeof contentOf>) => {
  const known = mask()
  known.learn(sh`cat > /tmp/x ${contentOf(...parts)}`)
  return known
}

describe('what is shown', () => {
  test('holds no secret of a script', () => {
    const known = mask()
    known.learn(sh`login ${secret('swordfish')}`)
    expect(known.hide('the password swordfish is wrong')).toBe('the password *** is wrong')
  })

  test('holds no line of a secret file', () => {
    const { hide } = learnt('first long line\nsecond long line\n', { secret: true })
    expect(hide('it says: second long line')).toBe('it says: ***')
  })

  test('holds the words around a secret, where the file says what is secret in it', () => {
    const { hide } = learnt('# Managed by somebody\nkey: swordfish\n', { secret: true, secrets: ['swordfish'] })
    expect(hide('# Managed by somebody\nkey: swordfish\n')).toBe('# Managed by somebody\nkey: ***\n')
  })

  test('holds what files say that are no secret', () => {
    expect(learnt('first long line\n').hide('first long line')).toBe('first long line')
  })
})
