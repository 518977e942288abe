// Ansible's command, shell, raw and script. Their argument is a command with options among its words.
import { TsplayError } from '../../engine/error.ts'
import { splitWords } from '../common/words.ts'
import { type Args, refusedParam, type Translation, type Wish } from './translation.ts'
import { booleanOf } from './yes-no.ts'

const common = {
  freeForm: true,
  renamed: { _raw_params: 'cmd' },
  ignored: ['warn', 'decrypt'],
  refused: {
    strip_empty_ends: {
      ...refusedParam('newlines at the end of the output are never shown', '-o ndjson has the output as it is'),
      harmless: ['yes', 'true', 'True', 'on', '1'],
    },
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
    adapt: (args) => ({ module: 'command', args: withoutPatterns(withInput(args)) }),
  },
  {
    ...common,
    names: ['shell', 'raw'],
    module: 'shell',
    adapt: (args) => ({ module: 'shell', args: withoutPatterns(withInput(args)) }),
  },
  { ...common, names: ['script'], module: 'script', adapt: scriptOf },
]

/** Ansible ends the input with a newline unless told otherwise. */
function withInput({ stdin_add_newline, ...args }: Args): Args {
  const { stdin } = args
  if (typeof stdin !== 'string' || booleanOf(stdin_add_newline) === false || stdin.endsWith('\n')) return args
  return { ...args, stdin: `${stdin}\n` }
}

/** Ansible takes these for patterns of names. */
function withoutPatterns(args: Args): Args {
  for (const name of ['creates', 'removes']) {
    const path = args[name]
    if (typeof path === 'string' && /[*?[]/.test(path))
      throw new TsplayError(`${name}: '${path}' is a pattern, and one path is looked at`, {
        hint: "-m shell -a 'ls PATTERN >/dev/null 2>&1 || COMMAND'",
      })
  }
  return args
}

/** `./x.sh a 'b c'`: the script and its arguments. Ansible lets a shell expand them; we pass them as they are. */
function scriptOf({ cmd, ...rest }: Args): Wish {
  const args = withoutPatterns(withInput(rest))
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
