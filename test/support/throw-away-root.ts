// Runs scripts in a root of their own that is thrown away: an overlay of this machine, without network and without rights
// over the kernel. Tells what they wrote. Knows nothing of modules.
import { type StdioOptions, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Script, toWire } from '../../engine/script.ts'
import { scriptFile } from './local-host.ts'

/** How one of the scripts ended. */
export interface ThrownAway {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** What became of all of them, and every path of the root that they wrote, as `/etc/hosts`. */
export interface ThrownAwayRun {
  readonly outputs: readonly ThrownAway[]
  readonly written: readonly string[]
}

/** What this machine lacks for such a root, in half a sentence; undefined where it can. */
export function throwAwayRootLacks(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs root on Linux'
  const folder = emptyFolder()
  const { status, stdout } = spawnSync('unshare', [...namespaces, 'sh', '-c', setUp, 'sh', folder, 'true'], { stdio })
  rmSync(folder, { recursive: true, force: true })
  return status === 0 ? undefined : `no overlay of the root can be mounted here: ${stdout.toString().trim()}`
}

/**
 * Runs the scripts one after the other in one root that all of them share. `seconds` is what each may take; one that
 * takes longer ends with 124. The programs in `idle` do nothing there.
 */
export async function runThrownAway(
  scripts: readonly Script[],
  { seconds = 4, idle = [] }: { seconds?: number; idle?: readonly string[] } = {},
): Promise<ThrownAwayRun> {
  const folder = emptyFolder()
  try {
    for (const [index, script] of scripts.entries()) {
      const { text, contents } = toWire(script)
      const input: Uint8Array[] = []
      for (const content of contents) for await (const chunk of content.stream()) input.push(chunk)
      writeFileSync(path.join(folder, 'layer/law', `${index}.sh`), scriptFile(text))
      writeFileSync(path.join(folder, 'layer/law', `${index}.in`), Buffer.concat(input))
    }
    for (const program of idle)
      writeFileSync(path.join(folder, 'layer/law/bin', program), '#!/bin/sh\n', { mode: 0o755 })
    writeFileSync(path.join(folder, 'layer/law/all.sh'), runAll(scripts.length, seconds))
    const { stdout, stderr, written } = await inNamespaces(folder)
    const [out, err] = [split(stdout), split(stderr)]
    if (out.length !== scripts.length + 1 || err.length !== out.length)
      throw new Error(`the throw-away root ended after ${out.length - 1} of ${scripts.length} scripts: ${stderr}`)
    return {
      outputs: scripts.map((_script, index) => {
        const end = out[index]!.lastIndexOf(10)
        return {
          code: Number(out[index]!.subarray(end + 1).toString()),
          stdout: out[index]!.subarray(0, end),
          stderr: err[index]!,
        }
      }),
      written: written
        .toString()
        .split('\0')
        .filter((name) => name !== '' && name !== '.')
        .map((name) => name.slice(1))
        .filter((name) => !/^\/(dev|proc|sys)$/.test(name)),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsplay-root-'))
  mkdirSync(path.join(folder, 'layer/law/bin'), { recursive: true })
  return folder
}

const namespaces = ['--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child']

// $1 is the folder; the rest is run in the root. What the overlay's upper layer holds afterwards has been written: also
// the folder of a file that was made and removed again. Kernel and devices can be read, and hardly be harmed; the sockets
// of this machine's services are whited out.
const setUp = `
exec 2>&1
mount -t tmpfs tmpfs /mnt && mkdir /mnt/up /mnt/work /mnt/root && cp -r "$1/layer" /mnt &&
find -P /run -type s 2>/dev/null | while read -r _s; do mkdir -p "/mnt/layer\${_s%/*}" && mknod "/mnt/layer$_s" c 0 0; done &&
mount -t overlay overlay -o "lowerdir=/mnt/layer:/,upperdir=/mnt/up,workdir=/mnt/work" /mnt/root &&
mount -t proc -o ro proc /mnt/root/proc && mount -t sysfs -o ro sysfs /mnt/root/sys && mount -t tmpfs tmpfs /mnt/root/dev || exit 9
for _d in null zero full random urandom; do : > /mnt/root/dev/$_d; mount --bind /dev/$_d /mnt/root/dev/$_d || exit 9; done
ln -s /proc/self/fd /mnt/root/dev/fd; mkdir -m 1777 /mnt/root/dev/shm
exec 2>&4
shift
chroot /mnt/root setpriv --bounding-set=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setuid,+setgid,+sys_chroot,+setpcap --inh-caps=-all env -i PATH=/law/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@" 5<&- 4<&- || exit 9
cd /mnt/up && find . -print0 >&5`

// 1 is for what goes wrong before the scripts are run, too; 4 is their standard error, 5 what was written
const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', 'ignore', 'pipe', 'pipe']

const boundary = '\x1e\x1f--law--\x1f\x1e'

const runAll = (count: number, seconds: number): string => `cd /
_i=0
while [ $_i -lt ${count} ]; do
  timeout -k 1 ${seconds} sh -c '. "$0"' /law/$_i.sh < /law/$_i.in
  printf '\\n%s${boundary}' $?
  printf '${boundary}' >&2
  _i=$((_i + 1))
done`

interface Streams {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly written: Buffer
}

function inNamespaces(folder: string): Promise<Streams> {
  return new Promise((resolve, reject) => {
    const child = spawn('unshare', [...namespaces, 'sh', '-c', setUp, 'sh', folder, 'sh', '/law/all.sh'], { stdio })
    const streams = [1, 4, 5].map((fd) => {
      const chunks: Buffer[] = []
      child.stdio[fd]!.on('data', (chunk: Buffer) => chunks.push(chunk))
      return chunks
    })
    child.on('error', reject)
    child.on('close', (code) => {
      const [stdout, stderr, written] = streams.map((chunks) => Buffer.concat(chunks)) as [Buffer, Buffer, Buffer]
      if (code === 0) resolve({ stdout, stderr, written })
      else reject(new Error(`the throw-away root ended with ${code}: ${stdout}${stderr}`))
    })
  })
}

function split(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  for (;;) {
    const end = bytes.indexOf(boundary, from)
    parts.push(bytes.subarray(from, end === -1 ? undefined : end))
    if (end === -1) return parts
    from = end + boundary.length
  }
}
