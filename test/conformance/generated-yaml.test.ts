import { agree, withAnsible } from './agrees.ts'
import { generatedCases } from './generated.ts'

withAnsible('generated YAML inventories mean what they mean to Ansible (A121, A122, A123, A124)', (bench) =>
  agree(generatedCases('yaml', 260), bench),
)
