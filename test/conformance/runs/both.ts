// One playbook, written twice, run by ansible-playbook and by tsplay on hosts that are this machine: what each host went through.
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { exitCodeOf } from '../../../engine/cli/exit.ts'
import { connect } from '../../../engine/connection/connect.ts'
import type { Connect } from '../../../engine/connection/connection.ts'
import type { RunEvent } from '../../../engine/event.ts'
import { openJournal } from '../../../engine/journal/file-journal.ts'
import { type PlayContext, type PlaySpec, play, playbook } from '../../../engine/play.ts'
import { run } from '../../../engine/run/run.ts'
import type { RunOptions } from '../../../engine/run/world.ts'
import { type Host, pattern, type Site } from '../../../engine/site.ts'
import { anySite, memoryStore } from '../../support/run-here.ts'

/** A playbook in both languages. `folder` is each host's own; `{{ folder }}` in Ansible. */
export interface Scenario {
  readonly yaml: string
  readonly plays: readonly (Omit<PlaySpec<Site, unknown>, 'hosts'> & { readonly hosts?: string })[]
  /** Run more than once, each time on what the time before has left. Default 1. */
  readonly times?: number
  /** The command line of both. */
  readonly check?: boolean
  readonly forceHandlers?: boolean
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  /** Hosts that nobody listens on. */
  readonly unreachable?: readonly string[]
}

/** What one run was, as both can tell it. */
export interface Story {
  readonly exit: number
  /** Per host, in its order: `task: status`. */
  readonly hosts: Readonly<Record<string, readonly string[]>>
  readonly recap: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** All hosts together, for what promises an order between them. */
  readonly all: readonly string[]
}

const names = ['h1', 'h2', 'h3']

/** The runs of Ansible, one after the other. */
export async function byAnsible(scenario: Scenario, root: string): Promise<Story[]> {
  const folder = (name: string): string => path.join(root, 'ansible', name)
  for (const name of names) mkdirSync(folder(name), { recursive: true })
  const hosts = names.map((name) =>
    scenario.unreachable?.includes(name)
      ? `${name} ansible_host=127.0.0.1 ansible_port=1 folder=${folder(name)}`
      : `${name} ansible_connection=local folder=${folder(name)}`,
  )
  writeFileSync(
    path.join(root, 'hosts'),
    `${hosts.join('\n')}\n[all:vars]\nansible_python_interpreter=/usr/bin/python3\n`,
  )
  writeFileSync(path.join(root, 'site.yml'), scenario.yaml)
  writeFileSync(path.join(root, 'ansible.cfg'), '[defaults]\n')
  const flags = [
    ...(scenario.check ? ['--check'] : []),
    ...(scenario.forceHandlers ? ['--force-handlers'] : []),
    ...(scenario.tags ? ['--tags', scenario.tags.join(',')] : []),
    ...(scenario.skipTags ? ['--skip-tags', scenario.skipTags.join(',')] : []),
  ]
  const stories: Story[] = []
  for (let time = 0; time < (scenario.times ?? 1); time++) stories.push(await ansiblePlaybook(root, flags))
  return stories
}

function ansiblePlaybook(root: string, flags: readonly string[]): Promise<Story> {
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    LANG: 'C.UTF-8',
    ANSIBLE_CONFIG: path.join(root, 'ansible.cfg'),
    ANSIBLE_STDOUT_CALLBACK: 'events',
    ANSIBLE_CALLBACK_PLUGINS: import.meta.dirname,
    ANSIBLE_HOST_KEY_CHECKING: '0',
  }
  return new Promise((resolve, reject) => {
    const args = ['/usr/bin/ansible-playbook', '-i', 'hosts', 'site.yml', ...flags]
    execFile('/usr/bin/python3', args, { cwd: root, env }, (error, stdout, stderr) => {
      const exit = error ? Number(error.code) : 0
      const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
      if (lines.length === 0) return reject(new Error(`ansible-playbook ended with ${exit}: ${stderr || stdout}`))
      resolve(
        storyOf(
          exit,
          lines.map((line) => JSON.parse(line)),
        ),
      )
    })
  })
}

/** The runs of tsplay, one after the other. */
export async function byTsplay(scenario: Scenario, root: string): Promise<Story[]> {
  const folder = (name: string): string => path.join(root, 'tsplay', name)
  for (const name of names) mkdirSync(folder(name), { recursive: true })
  const hosts: Host[] = names.map((name) => ({
    name,
    address: '127.0.0.1',
    groups: [],
    vars: { folder: folder(name) },
    connection: scenario.unreachable?.includes(name) ? { port: 1 } : { transport: 'local' },
  }))
  const stories: Story[] = []
  for (let time = 0; time < (scenario.times ?? 1); time++) {
    const events: RunEvent[] = []
    const journal = openJournal({
      dir: path.join(root, 'journal'),
      name: 'site',
      selection: '',
      resume: false,
      readOnly: scenario.check ?? false,
    })
    const outcome = await run({
      ...optionsOf(scenario, hosts, root),
      journal,
      emit: (event) => void events.push(event),
    })
    const exit = exitCodeOf(outcome, { detailed: false })
    journal.close(exit === 0)
    stories.push(storyOf(exit, events))
  }
  return stories
}

function optionsOf(scenario: Scenario, hosts: readonly Host[], root: string): Omit<RunOptions, 'emit'> {
  const plays = scenario.plays.map((spec) => play({ ...spec, hosts: pattern(spec.hosts ?? 'all') } as never))
  return {
    playbook: playbook(anySite, plays as never),
    name: 'test',
    dir: root,
    world: {
      hosts,
      groups: {},
      limit: undefined,
      select: (wanted) => {
        const text = (wanted as { pattern: string }).pattern
        return text === 'all' ? hosts : hosts.filter(({ name }) => text.split(',').includes(name))
      },
    },
    selection: {
      ...(scenario.tags && { tags: scenario.tags }),
      ...(scenario.skipTags && { skipTags: scenario.skipTags }),
    },
    check: scenario.check ?? false,
    forks: 5,
    forceHandlers: scenario.forceHandlers ?? false,
    store: memoryStore(),
    connect: connect as Connect,
    target: ({ name, address, connection }) => ({
      name,
      transport: connection.transport ?? 'ssh',
      address,
      port: connection.port ?? 22,
      user: 'root',
      privateKeys: [],
      knownHosts: path.join(root, 'known_hosts'),
      hostKeys: 'off',
      connectTimeout: 5,
    }),
    become: { user: undefined, method: undefined, password: undefined },
    signal: new AbortController().signal,
    placeOf: () => undefined,
  }
}

const counters = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'] as const

/** Both tell their events in the same words, but for two names in the recap. */
function storyOf(exit: number, events: readonly object[]): Story {
  const tasks = events.filter((event) => (event as RunEvent).type === 'task') as {
    host: string
    task: string
    status: string
    ignored?: boolean
  }[]
  const told = tasks.map(({ host, task, status, ignored }) => ({
    host,
    line: `${task}: ${status}${ignored ? ', ignored' : ''}`,
  }))
  const last = events.find((event) => (event as RunEvent).type === 'recap') as {
    hosts: Record<string, Record<string, number>>
  }
  const recap = Object.entries(last.hosts).map(([host, counts]) => [
    host,
    Object.fromEntries(counters.map((key) => [key, counts[key] ?? counts[key === 'failed' ? 'failures' : key] ?? 0])),
  ])
  return {
    exit,
    hosts: Object.fromEntries(
      names.map((name) => [name, told.filter(({ host }) => host === name).map(({ line }) => line)]),
    ),
    // a host that nothing was done on is in the one recap and not in the other
    recap: Object.fromEntries(
      recap.filter(([, counts]) => Object.values(counts as Record<string, number>).some((count) => count > 0)),
    ),
    all: told.map(({ host, line }) => `${host} ${line}`),
  }
}

/** What a play's task list knows of its host. */
export const folderOf = (context: PlayContext<Site>): string => (context.host.vars as { folder: string }).folder
