// link: where symbolic links point, as they were written.
import { fileResource } from '../resource.ts'
import { sh } from '../script.ts'
import { decode, type QuestionKind, question } from './question.ts'

export const linkKind: QuestionKind<string, string | null> = {
  name: 'link',
  // Only paths that are links cost a process. A NUL ends each answer: a target may hold newlines.
  script: (paths) =>
    sh`for _p in ${paths}; do if [ -L "$_p" ]; then printf 'L'; readlink -- "$_p"; fi; printf '\0'; done`,
  parse(output, paths) {
    const answers = decode(output).split('\0')
    if (answers.length !== paths.length + 1) throw new Error('readlink: unexpected answer')
    return paths.map((_, index) =>
      answers[index]!.startsWith('L') ? answers[index]!.slice(1).replace(/\n$/, '') : null,
    )
  },
  reads: (path) => [fileResource(path)],
}

export const linkQuestion = (path: string) => question(linkKind, path, path)
