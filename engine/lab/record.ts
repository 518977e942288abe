// What a lab that is up remembers of the spec it was made from, for whoever takes it down later with another one.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TsplayError } from '../error.ts'
import { labPaths } from './paths.ts'
import type { LabSpec } from './spec.ts'

/**
 * Notes the lab's subnet: `down` must find what `up` made, whatever the spec says by then.
 * @throws TsplayError where the lab is up on another one.
 */
export async function rememberSubnet(spec: LabSpec): Promise<void> {
  const recorded = await recordedSubnet(spec)
  if (recorded !== undefined && recorded !== spec.subnet)
    throw new TsplayError(`lab '${spec.name}' is up on ${recorded}, not on ${spec.subnet}`, {
      hint: 'take it down first',
    })
  await mkdir(labPaths(spec.name).dir, { recursive: true, mode: 0o755 })
  await writeFile(join(labPaths(spec.name).dir, 'subnet'), spec.subnet)
}

/** The subnet that a lab is up on; undefined where it is not up. */
export const recordedSubnet = (spec: LabSpec): Promise<string | undefined> =>
  readFile(join(labPaths(spec.name).dir, 'subnet'), 'utf8').then(
    (text) => text || undefined,
    () => undefined,
  )
