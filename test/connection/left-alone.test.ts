// What becomes of a host's processes when the control side is gone without a word, in every shell at hand.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, test } from 'vitest'
import { bootstrap } from '../../engine/connection/bootstrap.ts'
import { hostConnection } from '../../engine/connection/host-connection.ts'
import { localTransport } from '../../engine/connection/local.ts'
import type { Channel, Transport } from '../../engine/connection/transport.ts'
import { sh } from '../../engine/script.ts'
import { isAlive, localTarget, shells, text } from './support.ts'

// they wait most of the time
describe.concurrent.each(shells)('left alone, in $name', ({ command, missing }) => {
  test.skipIf(missing)(
    'what runs is ended with all it has started once nobody reads its output any more (X13)',
    async ({ expect }) => {
      const transport = localTransport(localTarget, { shell: command })
      const channels: Channel[] = []
      const open: Transport['open'] = async (argv) => {
        const channel = await transport.open(argv)
        channels.push(channel)
        return channel
      }
      const connection = hostConnection(localTarget, { ...transport, open })
      const session = await connection.session()
      const pids: number[] = []
      const bundle = session.bundle([
        {
          script: sh`echo $$; sleep 60 & echo $!; sh -c 'trap "" TERM; echo $$; sleep 60; sleep 60'`,
          onOutput: (stream, chunk) => {
            if (stream === 'stdout') pids.push(...text(chunk).trim().split('\n').map(Number))
          },
        },
      ])
      const failure = expect(bundle).rejects.toMatchObject({ kind: 'unreachable' })
      await expect.poll(() => pids.length, { timeout: 5000 }).toBe(3)
      channels[0]!.destroy() // what a killed control process comes to
      await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([])
      await failure
      await connection.close()
    },
  )

  test.skipIf(missing)(
    'a shell that waits ends by itself once nobody is there, and leaves a daemon of an earlier step alone',
    async ({ expect }) => {
      const transport = localTransport(localTarget, { shell: command })
      const channel = await transport.open(['/bin/sh', '-c', bootstrap('token'), 'tsplay'])
      const said = new Promise<string>((resolve) => {
        let output = ''
        channel.output.on('data', (chunk) => {
          output += chunk
          if (/done\n/.test(output)) resolve(output)
        })
      })
      channel.input.write('nonce mark !\nnonce 1 1 0 0 0\necho $$; sleep 20 & echo $!\n#nonce\n')
      const [shell, daemon] = (await said).match(/^\d+$/gm)!.map(Number)
      channel.destroy()
      await expect.poll(() => isAlive(shell!), { timeout: 1000 }).toBe(false)
      await sleep(3500) // longer than from beat to beat
      expect(isAlive(daemon!)).toBe(true)
      process.kill(daemon!)
    },
  )
})
