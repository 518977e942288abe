// The hosts of the main job.
import { fleetOf } from './fleet-of.ts'

export default fleetOf('fleet', '10.83')
