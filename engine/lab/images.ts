// What a lab's hosts can be: images by name. Knows nothing of how a base tree is built.
import { dnfImage } from './dnf-image.ts'

/**
 * `debian`: the minimal system of this machine's own release. `dnf`: a host of the RHEL family as far as packages go, with
 * the real dnf and rpm and two repositories of small packages in `/srv/rpm`; all else is Debian's.
 */
export type LabImage = keyof typeof images

/** What is added to the minimal system. */
export interface LabImageRecipe {
  readonly packages: readonly string[]
  /** Run last, with the tree as its argument; undefined where packages are all. */
  readonly script?: string
}

export const imageNames = (): LabImage[] => Object.keys(images) as LabImage[]

export const imageRecipe = (image: LabImage): LabImageRecipe => images[image]

const images = { debian: { packages: [] }, dnf: dnfImage } satisfies Record<string, LabImageRecipe>
