// Ansible's command, shell, raw, script and expect. The argument of most is a command with options among its words.
import { TsplayError } from '../../engine/error.ts'
import { splitWords } from '../common/words.ts'
import { type Args, refusedParam, type Translation, type Wish } from './translation.ts'

const common = {
  freeForm: true,
  renamed: { _raw_params: 'cmd' },
  ignored: ['warn', 'decrypt'],
  refused: {
    expand_argument_vars: refusedParam('variables are expanded by a shell only', "-m shell -a '…'"),
    _uses_shell: refusedParam('the module says whether there is a shell', "-m shell -a '…'"),
  },
} satisfies Partial<Translation>

const argv = { ...common, renamed: { ...common.renamed, argv: 'cmd' } }

export const running: readonly Translation[] = [
  {
    ...argv,
    names: ['command'],
    module: 'command',
    refused: {
      ...argv.refused,
      executable: refusedParam('command runs no shell', "-m shell -a 'executable=/bin/bash …'"),
    },
  },
  { ...common, names: ['shell'], module: 'shell' },
  {
    ...common,
    names: ['raw'],
    module: 'raw',
    refused: {
      ...common.refused,
      ...Object.fromEntries(
        ['chdir', 'creates', 'removes', 'stdin'].map((name) => [
          name,
          refusedParam('raw sends a text and nothing else', "-m shell -a '…'"),
        ]),
      ),
    },
  },
  { ...common, names: ['script'], module: 'script', adapt: scriptOf },
  {
    names: ['expect'],
    module: 'expect',
    renamed: { command: 'cmd' },
    adapt(args) {
      const { responses } = args
      if (responses === undefined || (typeof responses === 'object' && responses !== null))
        return { module: 'expect', args }
      throw new TsplayError('expect: responses are questions with their answers, which need JSON', {
        hint: `-m expect -a '{"command": "passwd alice", "responses": {"(?i)password:": "…"}}'`,
      })
    },
  },
]

/** `./x.sh a 'b c'`: the script and its arguments. Ansible lets a shell expand them; we pass them as they are. */
function scriptOf({ cmd, ...args }: Args): Wish {
  if (cmd === undefined) return { module: 'script', args }
  const [src, ...words] = Array.isArray(cmd) ? (cmd as unknown[]) : scriptWords(String(cmd))
  return { module: 'script', args: { ...args, ...(src !== undefined && { src }), args: words } }
}

function scriptWords(text: string): readonly string[] {
  let line: ReturnType<typeof splitWords>
  try {
    line = splitWords(text)
  } catch (error) {
    throw new TsplayError(`script: ${(error as Error).message}`)
  }
  if (line.shellSyntax !== undefined) {
    throw new TsplayError(
      `script: '${line.shellSyntax}' means something to a shell only, and arguments go to the script as they are`,
      {
        hint: 'put quotes around it, or let the script do it',
      },
    )
  }
  return line.words
}
