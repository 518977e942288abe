import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostCgroup, labCgroup, processesIn } from '../../engine/lab/cgroup.ts'
import { attempt } from '../../engine/lab/command.ts'
import { initOf } from '../../engine/lab/host.ts'
import {
  type LabHost,
  type LabSpec,
  labDown,
  labPaths,
  labSsh,
  labStatus,
  labUp,
  machineLacks,
} from '../../engine/lab/lab.ts'

const lacks = await machineLacks()
const title = (text: string) => (lacks ? `${text} (skipped: ${lacks})` : text)
const here = it.skipIf(lacks)

const spec: LabSpec = {
  name: 'labtest',
  subnet: '10.78.0.0/24',
  hosts: [
    { name: 'one', address: '10.78.0.11' },
    { name: 'two', address: '10.78.0.12' },
  ],
}

/** Standard output of a command on a host; its standard error too, where it fails. */
const on = async (host: string, command: string) => {
  const { code, stdout, stderr } = await attempt(['ssh', ...labSsh(spec, host, [command])])
  return { code, text: (code === 0 ? stdout : stdout + stderr).trim() }
}

const bootIds = (hosts: readonly { bootId?: string }[]) => hosts.map(({ bootId }) => bootId)

const until = async (what: () => Promise<boolean>, seconds = 30) => {
  const end = Date.now() + seconds * 1000
  while (!(await what())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`)
    await sleep(50)
  }
}

/** Everything on this machine that bears a lab's name or its subnet. */
function traces(): string[] {
  const lines = (file: string, ...args: string[]) => execFileSync(file, args, { encoding: 'utf8' }).split('\n')
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return ''
      }
    })
  const found = [
    ...lines('ip', 'netns', 'list'),
    ...lines('ip', '-oneline', 'link'),
    ...lines('ip', 'route'),
    ...lines('cat', '/proc/self/mountinfo'),
    ...lines('sh', '-c', 'PATH=$PATH:/usr/sbin; iptables-save 2> /dev/null || nft list ruleset'),
    ...lines('find', '/sys/fs/cgroup', '-maxdepth', '2', '-name', 'tsplay.*'),
    ...commands.filter((command) => !command.includes('vitest')),
  ]
  const left = found.filter((line) => /labtest|10\.78\.0\./.test(line))
  return existsSync(labPaths(spec.name).dir) ? [...left, labPaths(spec.name).dir] : left
}

describe('a lab', () => {
  let first: LabHost[]

  beforeAll(async () => {
    if (lacks) return
    await labDown(spec) // of a test run that was killed
    first = await labUp(spec)
  })
  afterAll(async () => {
    if (!lacks) await labDown(spec)
  })

  here(title('boots its hosts'), async () => {
    expect(first).toMatchObject([
      { name: 'one', address: '10.78.0.11', booted: true },
      { name: 'two', address: '10.78.0.12', booted: true },
    ])
    expect(new Set(bootIds(first)).size).toBe(2)
    expect(await labStatus(spec)).toMatchObject([{ state: 'up' }, { state: 'up' }])
    const { text } = await on(
      'one',
      'hostname; systemctl is-system-running --wait; cat /proc/sys/kernel/random/boot_id',
    )
    expect(text.split('\n')).toEqual(['one', 'running', first[0]!.bootId])
  })

  here(title('is kept by a second up'), async () => {
    const again = await labUp(spec, { install: false })
    expect(bootIds(again)).toEqual(bootIds(first))
    expect(again.map(({ booted }) => booted)).toEqual([false, false])
  })

  here(title('has hosts that differ in all that tells hosts apart'), async () => {
    const identity = 'cat /etc/machine-id /etc/ssh/ssh_host_*_key.pub; cat /sys/class/net/eth0/address'
    const [one, two] = await Promise.all(['one', 'two'].map((host) => on(host, identity)))
    const shared = one!.text.split('\n').filter((line) => two!.text.split('\n').includes(line))
    expect(one!.text.split('\n').length).toBeGreaterThan(3)
    expect(shared).toEqual([])
  })

  here(title('has hosts that reach each other and the world'), async () => {
    expect((await on('one', "bash -c 'exec 3<> /dev/tcp/10.78.0.12/22; read -r line <&3; echo $line'")).text).toMatch(
      /^SSH-2\.0/,
    )
    expect((await on('two', "bash -c 'exec 3<> /dev/tcp/10.78.0.11/22; read -r line <&3; echo $line'")).text).toMatch(
      /^SSH-2\.0/,
    )
    expect(await on('one', 'apt-get -qq update && apt-get -qq -s install jq > /dev/null')).toMatchObject({ code: 0 })
  })

  here(title("leaves this machine's clock and settings alone"), async () => {
    const setting = () => readFileSync('/proc/sys/vm/swappiness', 'utf8')
    const [before, mine] = [setting(), Number(setting()) === 7 ? 8 : 7]
    expect((await on('one', 'date -s 2020-01-01')).code).not.toBe(0)
    expect(new Date().getFullYear()).toBeGreaterThan(2020)
    expect((await on('one', `sysctl -qw vm.swappiness=${mine} && cat /proc/sys/vm/swappiness`)).text).toBe(`${mine}`)
    expect((await on('two', 'cat /proc/sys/vm/swappiness')).text).toBe(before.trim())
    expect(setting()).toBe(before)
  })

  here(title('has settings of the network for each host, as a fresh machine has them'), async () => {
    expect((await on('one', 'sysctl -n net.ipv4.ip_forward')).text).toBe('0')
    expect((await on('one', 'sysctl -qw net.ipv4.ip_forward=1 && sysctl -n net.ipv4.ip_forward')).text).toBe('1')
    expect((await on('two', 'sysctl -n net.ipv4.ip_forward')).text).toBe('0')
  })

  here(title('has hosts that reboot, keep their disk and lose their settings'), async () => {
    const [{ bootId } = { bootId: '' }] = await labStatus(spec)
    await on('one', 'echo kept > /root/kept; sysctl -qw vm.swappiness=3; ip address add 10.78.0.99/24 dev eth0')
    await on('one', 'systemctl reboot')
    await until(async () => {
      const [now] = await labStatus(spec)
      return now?.state === 'up' && now.bootId !== bootId
    })
    const { text } = await on(
      'one',
      'cat /root/kept; sysctl -n vm.swappiness; cut -d. -f1 /proc/uptime; ip -o -4 address',
    )
    const [kept, swappiness, uptime] = text.split('\n')
    expect(kept).toBe('kept')
    expect(swappiness).not.toBe('3')
    expect(Number(uptime)).toBeLessThan(60)
    expect(text).not.toContain('10.78.0.99')
    // and the other one still finds it
    expect((await on('two', 'timeout 5 bash -c "exec 3<> /dev/tcp/10.78.0.11/22" && echo there')).text).toBe('there')
  })

  here(title('boots a host again that was switched off'), async () => {
    await on('two', 'systemctl poweroff')
    await until(async () => (await labStatus(spec))[1]?.state === 'off')
    const [one, two] = await labUp(spec)
    expect([one!.booted, two!.booted]).toEqual([false, true])
  })

  here.each([
    ['its init', async () => await initOf(spec.name, 'two')],
    [
      'what watches over it',
      async () => (await processesIn(hostCgroup(await labCgroup(spec.name), 'two').supervisor))[0],
    ],
  ])(title('cleans up a host and boots it again after the death of %s'), async (_, victim) => {
    const pid = await victim()
    expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toContain(`/tsplay.${spec.name}/two/`)
    process.kill(pid!, 'SIGKILL')
    await until(async () => (await labStatus(spec))[1]?.state === 'off')
    const before = (await labStatus(spec))[0]?.bootId
    const [one, two] = await labUp(spec)
    expect(one).toMatchObject({ booted: false, bootId: before })
    expect(two).toMatchObject({ booted: true })
    expect(await on('two', 'true')).toMatchObject({ code: 0 })
  })

  here(title('tells why a host does not come up'), async () => {
    await on('two', 'systemctl mask ssh.service ssh.socket; systemctl poweroff')
    await until(async () => (await labStatus(spec))[1]?.state === 'off')
    await expect(labUp(spec, { timeout: 4 })).rejects.toThrow(
      /two \(10\.78\.0\.12\) did not answer on port 22 within 4 s/,
    )
    expect((await labStatus(spec)).map(({ state }) => state)).toEqual(['up', 'off'])
  })

  here(title('refuses a subnet that is in use, and another one while it is up'), async () => {
    await expect(labUp({ ...spec, name: 'labtest2' })).rejects.toThrow('already uses addresses of 10.78.0.0/24')
    await labDown({ ...spec, name: 'labtest2' })
    const moved = { ...spec, subnet: '10.79.78.0/24', hosts: [{ name: 'one', address: '10.79.78.11' }] }
    await expect(labUp(moved)).rejects.toThrow("lab 'labtest' is up on 10.78.0.0/24")
  })

  here(title('leaves nothing when it goes, and comes back with new keys'), async () => {
    expect(traces()).not.toEqual([])
    await labDown(spec)
    expect(traces()).toEqual([])
    expect(await labStatus(spec)).toMatchObject([{ state: 'absent' }, { state: 'absent' }])
    await labUp(spec)
    expect(await on('one', 'test ! -e /root/kept')).toMatchObject({ code: 0 })
  })

  here(title('survives an up that is killed at any moment'), async () => {
    await labDown(spec)
    const [jiti, lab] = ['jiti', '../../engine/lab/lab.ts'].map((id) => createRequire(import.meta.url).resolve(id))
    const script = `const { createJiti } = require(${JSON.stringify(jiti)})
      createJiti(${JSON.stringify(lab)}).import(${JSON.stringify(lab)}).then(({ labUp }) => {
        console.log('starts')
        return labUp(${JSON.stringify(spec)})
      })`
    for (const ms of [30, 100, 200, 350, 500, 700]) {
      const child = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'close')
      expect(`${await Promise.race([once(child.stdout, 'data'), ended])}`).toBe('starts\n')
      await sleep(ms)
      child.kill('SIGKILL')
      await ended
    }
    expect((await labUp(spec)).map(({ name }) => name)).toEqual(['one', 'two'])
    expect(await on('one', 'systemctl is-system-running --wait')).toMatchObject({ text: 'running' })
  })
})
