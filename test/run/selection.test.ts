// Tags: what a task has, what is asked for, what is skipped. The tables are what ansible-playbook --list-tasks 2.14 says.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { block, handler, role, task } from '../../engine/index.ts'
import { nodesOf } from '../../engine/run/nodes.ts'
import { scopeOf, within } from '../../engine/run/scope.ts'
import { type Selection, select, tagsOf, tasksOf } from '../../engine/run/selection.ts'
import type { CommonOptions, TaskItem } from '../../engine/task.ts'
import { command, debug } from '../../modules/index.ts'
import { type Here, here } from '../support/run-here.ts'

const say = (name: string, tags?: string | readonly string[]) =>
  task(name, debug({ message: 'x' }), tags === undefined ? {} : { tags })

const outermost = scopeOf({ dirs: [], onHandler: () => {} })
const nodes = (list: readonly TaskItem[], play: CommonOptions = {}) => nodesOf(list, within(outermost, play))
const left = (list: readonly TaskItem[], selection: Selection, play?: CommonOptions): string =>
  [...tasksOf(select(nodes(list, play), selection))].map(({ name }) => name).join(' ')

/** Tasks named after their tags; `-` has none. */
const list = ['-', 'a', 'b', 'always', 'never', 'a+b', 'a+always', 'a+never', 'always+never', 'untagged', 'all'].map(
  (name) => say(name, name === '-' ? undefined : name.split('+')),
)
const words = (text: string): string[] => text.split(',').filter(Boolean)

test.each([
  ['', '- a b always a+b a+always always+never untagged all'],
  ['all', '- a b always a+b a+always always+never untagged all'],
  ['a', 'a always a+b a+always a+never always+never'],
  ['a,b', 'a b always a+b a+always a+never always+never'],
  ['always', 'always a+always always+never'],
  ['never', 'always never a+always a+never always+never'],
  ['tagged', 'a b always a+b a+always always+never all'],
  ['untagged', '- always a+always always+never untagged'],
  ['all,never', '- a b always never a+b a+always a+never always+never untagged all'],
  ['tagged,untagged', '- a b always a+b a+always always+never untagged all'],
  ['nobody', 'always a+always always+never'],
])("--tags '%s' leaves %s (A131)", (tags, expected) => {
  expect(left(list, { tags: words(tags) })).toBe(expected)
})

test.each([
  ['', 'a', '- b always always+never untagged all'],
  ['', 'always', '- a b a+b untagged all'],
  ['', 'never', '- a b always a+b a+always untagged all'],
  ['', 'tagged', '- untagged'],
  ['', 'untagged', 'a b always a+b a+always always+never all'],
  ['', 'all', 'always a+always always+never'],
  ['', 'all,always', ''],
  ['', 'all,a', 'always a+always always+never'],
  ['', 'tagged,untagged', ''],
  ['a', 'b', 'a always a+always a+never always+never'],
  ['a', 'a', 'always always+never'],
  ['a', 'always', 'a a+b a+never'],
  ['never', 'always', 'never a+never'],
  ['tagged', 'always', 'a b a+b all'],
  ['all,never', 'a', '- b always never always+never untagged all'],
  ['a', 'all', 'always a+always always+never'],
])("--tags '%s' --skip-tags '%s' leaves '%s' (A132)", (tags, skipTags, expected) => {
  expect(left(list, { tags: words(tags), skipTags: words(skipTags) })).toBe(expected)
})

describe('the tags of a task (A130)', () => {
  const r = role({ name: 'r', tasks: () => [say('plain'), say('own', 'own')] })
  const nested = [
    block([say('in block'), r().with({ tags: ['role'] })], { tags: 'outer, second', rescue: [say('mend')] }),
    say('beside'),
  ]

  test('are its own and those of all it stands in', () => {
    const tagged = Object.fromEntries([...tasksOf(nodes(nested, { tags: 'play' }))].map((node) => [node.name, node]))
    expect([...tagsOf([tagged.own!])]).toEqual(['play', 'outer', 'second', 'role', 'own'])
    expect([...tagsOf([tagged.plain!])]).toEqual(['play', 'outer', 'second', 'role'])
    expect([...tagsOf([tagged.mend!])]).toEqual(['play', 'outer', 'second'])
    expect([...tagsOf([tagged.beside!])]).toEqual(['play'])
  })

  test('select it by any of them', () => {
    expect(left(nested, { tags: ['second'] })).toBe('in block plain own mend')
    expect(left(nested, { tags: ['role'] })).toBe('plain own')
    expect(left(nested, { tags: ['own'] })).toBe('own')
    expect(left(nested, { skipTags: ['role'] })).toBe('in block mend beside')
    expect(left(nested, { tags: ['untagged'] })).toBe('beside')
    expect(left(nested, { tags: ['untagged'] }, { tags: 'play' })).toBe('')
  })

  test('may stand in one text with commas, as in Ansible; an entry of a list is one tag', () => {
    expect([...tagsOf(nodes([say('t', ' a ,b,, c')]))]).toEqual(['a', 'b', 'c'])
    expect([...tagsOf(nodes([say('t', ['a,b'])]))]).toEqual(['a,b'])
    expect([...tagsOf(nodes([say('t', '')]))]).toEqual([])
    expect(left([say('t', '')], { tags: ['untagged'] })).toBe('t')
  })

  test('count for each part of a block on its own, and a block without tasks goes', () => {
    const parts = [
      block([say('body', 'a')], { rescue: [say('rescue', 'b')], always: [say('end', ['a', 'b'])] }),
      block([block([say('deep', 'c')])]),
    ]
    expect(left(parts, { tags: ['a'] })).toBe('body end')
    expect(left(parts, { tags: ['b'] })).toBe('rescue end')
    expect(select(nodes(parts), { tags: ['c'] })).toHaveLength(1)
  })
})

test('roles and tags must both be met', () => {
  const [r, s] = ['r', 's'].map((name) => role({ name, tasks: () => [say(`${name}1`, 'a'), say(`${name}2`)] }))
  const both = [say('outside', 'a'), r!(), s!()]
  expect(left(both, { roles: ['r'] })).toBe('r1 r2')
  expect(left(both, { roles: ['r', 's'], tags: ['a'] })).toBe('r1 s1')
  expect(left(both, { roles: ['s'], skipTags: ['a'] })).toBe('s2')
})

describe('in a run', () => {
  let lab: Here
  beforeEach(() => {
    lab = here()
  })
  afterEach(() => lab.remove())
  const ran = async (tasks: readonly TaskItem[], selection: Selection): Promise<string[]> =>
    (await lab.run(() => tasks, { selection })).tasks.map(({ task }) => task)

  test('tasks that follow from a result inherit its tags and are selected like others (A130, A132)', async () => {
    const tasks = [
      task('ask', command({ cmd: 'true' }), { tags: 'a' }).register(() => [
        say('plain'),
        say('rare', 'never'),
        block([say('b', 'b')], { tags: 'c' }),
      ]),
    ]
    expect(await ran(tasks, {})).toEqual(['ask', 'plain', 'b'])
    expect(await ran(tasks, { tags: ['a'] })).toEqual(['ask', 'plain', 'rare', 'b'])
    expect(await ran(tasks, { skipTags: ['b'] })).toEqual(['ask', 'plain'])
    expect(await ran(tasks, { skipTags: ['c'] })).toEqual(['ask', 'plain'])
  })

  test('handlers run whatever is selected', async () => {
    const restart = handler('restart', say('restart', 'never'))
    const tasks = [task('change', command({ cmd: 'true' }), { tags: 'a', notify: restart }), say('other')]
    expect(await ran(tasks, { tags: ['a'], skipTags: ['never'] })).toEqual(['change', 'restart'])
  })

  test('facts that a list reads are there whatever is selected (A133)', async () => {
    const { log } = await lab.run(({ facts }) => [say(facts.os.id === '' ? 'none' : 'known', 'a'), say('other')], {
      selection: { tags: ['a'], skipTags: ['always'] },
    })
    expect(log).toEqual(['h1: known: ok'])
  })
})
