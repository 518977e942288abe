// A planned task as a step for the host: its script, environment and timeout, and what it says while it runs.
import type { Step } from '../connection/connection.ts'
import { type Script, sh } from '../script.ts'
import type { TaskOptions } from '../task.ts'
import type { HostContext } from './host-context.ts'
import type { TaskNode } from './nodes.ts'
import type { Entry } from './plan.ts'

export function stepOf(context: HostContext, { node, verdict }: Entry): Step {
  if (verdict.kind !== 'differs') throw new Error('only a difference can be applied')
  const script: Script = sh.join([!node.action.module.runs && sh`export LC_ALL=C`, verdict.script()])
  context.mask.learn(script)
  const { environment, timeout, noLog } = node.options as TaskOptions
  return {
    script,
    ...(environment && { environment }),
    ...(timeout !== undefined && { timeout }),
    ...(node.action.module.runs && !noLog && { onOutput: liveOutput(context, node) }),
  }
}

/** Tells output line by line as it comes, so that a secret is never cut in two. */
function liveOutput(context: HostContext, node: TaskNode): NonNullable<Step['onOutput']> {
  const rest = { stdout: '', stderr: '' }
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  return (stream, chunk) => {
    const lines = (rest[stream] + decoders[stream].decode(chunk, { stream: true })).split('\n')
    rest[stream] = lines.pop() ?? ''
    for (const line of lines) {
      context.emit({
        type: 'output',
        play: context.play,
        host: context.host.name,
        task: context.mask.hide(node.name),
        stream,
        text: context.mask.hide(line),
      })
    }
  }
}
