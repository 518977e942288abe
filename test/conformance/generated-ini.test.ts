import { agree, withAnsible } from './agrees.ts'
import { generatedCases } from './generated.ts'

withAnsible('generated INI inventories mean what they mean to Ansible (A120, A122, A123, A124)', (bench) =>
  agree(generatedCases('ini', 260), bench),
)
