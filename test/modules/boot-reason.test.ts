// Why a host wants to be rebooted, as its files and programs say it.
import { chmodSync, symlinkSync } from 'node:fs'
import { release } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Script } from '../../engine/script.ts'
import { bootProbe } from '../../modules/common/boot.ts'
import { moveScript } from '../support/elsewhere.ts'
import { runScript } from '../support/local-host.ts'
import { rootWith } from '../support/root-with.ts'

const [question] = bootProbe().questions
const { script } = question!.key as { script: Script }

/** The reason of a host with these files; `rebooted` is asked of it with `needs-restarting`. */
async function reasonWith(files: Record<string, string>): Promise<string | null> {
  const root = rootWith(Object.fromEntries(Object.entries(files).filter(([, text]) => !text.startsWith('-> '))))
  for (const [name, text] of Object.entries(files))
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), path.join(root, name))
  if (files['needs-restarting'] !== undefined) chmodSync(path.join(root, 'needs-restarting'), 0o755)
  const paths = ['/run/reboot-required', '/var/run/reboot-required', '/vmlinuz', '/boot/', '/etc/']
  const moved = Object.fromEntries(
    [...paths, 'needs-restarting'].map((name) => [name, `${root}/${name.replace(/^\//, '')}`]),
  )
  const { stdout } = await runScript(moveScript(script, moved))
  return (
    bootProbe()
      .read(() => ({ code: 0, stdout, stderr: '' }) as never)
      .reason?.replaceAll(`${root}/`, '') ?? null
  )
}

const restarting = (text: string, code: number): string => `#!/bin/sh\necho '${text}'\nexit ${code}\n`

describe('the reason for a reboot', () => {
  it.each([
    ['nothing says so', {}, null],
    [
      'packages want it',
      { 'run/reboot-required': '', 'run/reboot-required.pkgs': 'libc6\nlibc6\n' },
      'packages want it: libc6',
    ],
    [
      'needs-restarting says so',
      { 'needs-restarting': restarting('Reboot is required to fully utilize these updates.', 1) },
      'needs-restarting says so',
    ],
    ['needs-restarting sees none', { 'needs-restarting': restarting('Reboot should not be necessary.', 0) }, null],
    // the exit code of a repository that cannot be read is the same as that of a reboot
    [
      'needs-restarting could not tell',
      { 'needs-restarting': restarting('Error: Failed to download metadata', 1) },
      null,
    ],
    ['the newest kernel is booted next', { vmlinuz: '-> boot/vmlinuz-99.1' }, `kernel 99.1 is to replace ${release()}`],
    ['the running kernel is the newest', { vmlinuz: `-> boot/vmlinuz-${release()}` }, null],
    // whoever has chosen a kernel does not want the newest
    [
      'another kernel is chosen',
      { vmlinuz: '-> boot/vmlinuz-99.1', ...chosen('98.7-amd64') },
      `kernel 98.7-amd64 is to replace ${release()}`,
    ],
    ['the running one is chosen', { vmlinuz: '-> boot/vmlinuz-99.1', ...chosen(release()) }, null],
    [
      'the chosen one is gone',
      { vmlinuz: '-> boot/vmlinuz-99.1', 'etc/default/grub': chosen('98.7')['etc/default/grub']! },
      null,
    ],
    [
      'the last one that was booted is chosen',
      { vmlinuz: '-> boot/vmlinuz-99.1', 'etc/default/grub': 'GRUB_DEFAULT=saved\n' },
      null,
    ],
  ] as [string, Record<string, string>, string | null][])('%s', async (_title, files, reason) => {
    expect(await reasonWith(files)).toBe(reason)
  })
})

function chosen(kernel: string): Record<string, string> {
  return {
    'etc/default/grub': `GRUB_DEFAULT=1\nGRUB_DEFAULT="gnulinux-advanced-1f>gnulinux-${kernel}-advanced-1f"\n`,
    [`boot/vmlinuz-${kernel}`]: '',
  }
}
