// dnf and yum where the plugin versionlock keeps packages at a version: what is lifted for a change, and what is put back.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contentOf, contentText } from '../../engine/content.ts'
import { changeOf } from '../../engine/difference.ts'
import type { Question } from '../../engine/question/question.ts'
import { type Script, sh, toWire } from '../../engine/script.ts'
import { whileLifted } from '../../modules/common/dnf-locks.ts'
import type { DnfInput } from '../../modules/common/dnf-params.ts'
import { versionLocksProbe } from '../../modules/common/dnf-questions.ts'
import { dnf } from '../../modules/dnf.ts'
import { runFaked, scriptFor, shells } from '../support/fake-commands.ts'
import { expectPredicts, expectSettles } from '../support/laws.ts'

const { module } = dnf

interface OnHost {
  readonly manager?: 'dnf' | 'yum'
  /** Installed versions by name. */
  readonly packages: Readonly<Record<string, string>>
  /** What is kept, by the path of its list. */
  readonly lists: Readonly<Record<string, string>>
}

const answersOf =
  ({ manager = 'dnf', packages, lists }: OnHost) =>
  <T>({ kind, key }: Question<T>): T => {
    if (kind.name === 'package')
      return { manager, version: packages[key as string] ?? null, held: false, residual: false } as T
    const list = lists[(key as { path: string }).path]
    return (list === undefined ? null : { sha256: 'x', content: Buffer.from(list) }) as T
  }

describe('dnf, where versionlock keeps packages at a version,', () => {
  const name = ['docker-ce=19.03.11-*', 'docker-ce-cli=19.03.11-*', 'containerd.io']
  const packages = { 'docker-ce': '3:19.03.6-3.el7', 'docker-ce-cli': '1:19.03.6-3.el7', 'containerd.io': '1.6.4-1' }
  const kept = {
    dnf: '# mine\ndocker-ce-3:19.03.6-3.el7.*\nother-0:1-1.*\ndocker-ce-cli-1:19.03.6-3.el7.*\n',
    yum: '3:docker-ce-19.03.6-3.el7.*\n0:other-1-1.*\n',
  }
  const places = { dnf: '/etc/dnf/plugins/versionlock.list', yum: '/etc/yum/pluginconf.d/versionlock.list' }
  const script = (params: DnfInput, manager: 'dnf' | 'yum', lists = { [places[manager]]: kept[manager] }) => {
    const answers = answersOf({ manager, packages, lists })
    const actual = module.probe(params).read(answers)
    expectSettles(module, params, actual)
    expectPredicts(module, params, answers)
    return scriptFor(module, params, actual)!
  }
  const written = (of: Script): string[] => toWire(of).contents.map(({ bytes }) => Buffer.from(bytes!).toString())

  it.each(['dnf', 'yum'] as const)('%s lets go of those that are to change, and of no other (B79)', (manager) => {
    expect(written(script({ name, allowChangeLocked: true }, manager))).toEqual([
      { dnf: '# mine\nother-0:1-1.*\n', yum: '0:other-1-1.*\n' }[manager],
    ])
  })

  it('touches no list where it was not allowed to, or nothing that is kept is to change', () => {
    expect(written(script({ name }, 'dnf'))).toEqual([])
    expect(written(script({ name: 'jq', allowChangeLocked: true }, 'dnf'))).toEqual([])
    expect(written(script({ name, allowChangeLocked: true }, 'dnf', {}))).toEqual([])
    expect(written(script({ name, allowChangeLocked: true }, 'dnf', { [places.dnf]: 'other-0:1-1.*\n' }))).toEqual([])
  })

  it('foretells the list that it leaves', () => {
    const answers = answersOf({ packages, lists: { [places.dnf]: kept.dnf } })
    const params = { name, allowChangeLocked: true }
    const actual = module.probe(params).read(answers)
    const predictions = module.predict!(params, changeOf(actual, module.desired(params, actual)) as never)
    const after = versionLocksProbe.read(
      <T>(question: Question<T>): T =>
        predictions.reduce((answer, each) => each.answer(question, answer), answers(question) as unknown) as T,
    )
    expect(contentText(after.dnf!)).toBe('# mine\nother-0:1-1.*\n')
  })

  it('goes with packages that are present, as updates of what is kept are not listed', () => {
    for (const state of ['latest', 'absent'] as const)
      expect(() => dnf({ name: 'a', state, allowChangeLocked: true })).toThrow(
        "'allowChangeLocked': goes with versions",
      )
    expect(() => dnf({ name: 'a', state: 'present', allowChangeLocked: true })).not.toThrow()
  })

  it.each([
    [0, '# mine\nother-0:1-1.*\n'],
    [1, kept.dnf],
  ])('where the tool ends with %j, the list is %j, and nothing lies beside it', async (code, left) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'tsplay-locks-'))
    onTestFinished(() => rmSync(dir, { recursive: true }))
    const list = path.join(dir, 'versionlock.list')
    for (const shell of shells) {
      writeFileSync(list, kept.dnf)
      const before = contentOf(kept.dnf)
      const lifted = { list, before, after: contentOf('# mine\nother-0:1-1.*\n') }
      const ran = await runFaked(
        whileLifted(lifted, sh`dnf install || exit $?`),
        { dnf: `cat '${list}'; exit ${code}` },
        shell,
      )
      // lifted while it works
      expect(ran).toMatchObject({ code, stdout: '# mine\nother-0:1-1.*\n' })
      expect(readFileSync(list, 'utf8')).toBe(left)
      expect(readdirSync(dir)).toEqual(['versionlock.list'])
    }
  })
})
